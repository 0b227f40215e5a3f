-- wrk script: every request posts a body in which @ID@ is another word: TOKEN BODY RUN [CONDITION].
-- With CONDITION (If-None-Exist) every tenth asks again for the one before.
dofile("tests/bench/latency.lua")
local body, run, condition
local thread_number = 0
local next_number = 0
function setup(thread) thread:set("number", thread_number); thread_number = thread_number + 1 end
function init(args)
  body = io.open(args[2]):read("*a")
  run = args[3]
  condition = args[4]
  wrk.method = "POST"
  wrk.headers["Authorization"] = "Bearer " .. args[1]
  wrk.headers["Content-Type"] = "application/fhir+json"
end
function request()
  next_number = next_number + 1
  local asked = next_number
  if condition and next_number % 10 == 0 then asked = next_number - 1 end
  local id = string.format("%s-%d-%08d", run, number, asked)
  if condition then wrk.headers["If-None-Exist"] = (condition:gsub("@ID@", id)) end
  return wrk.format(nil, nil, nil, (body:gsub("@ID@", id)))
end

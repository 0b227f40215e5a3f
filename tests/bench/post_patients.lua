-- wrk script: every request creates another made-up Patient of about 2 KB.
local body, run
local thread_number = 0
local next_number = 0
function setup(thread) thread:set("number", thread_number); thread_number = thread_number + 1 end
function init(args)
  body = io.open(args[2]):read("*a")
  run = args[3]
  wrk.method = "POST"
  wrk.headers["Authorization"] = "Bearer " .. args[1]
  wrk.headers["Content-Type"] = "application/fhir+json"
end
function request()
  next_number = next_number + 1
  local id = string.format("%s-%d-%08d", run, number, next_number)
  return wrk.format(nil, nil, nil, (body:gsub("@ID@", id)))
end

-- wrk script: reads the addresses of a file, in turn: TOKEN FILE.
dofile("tests/bench/latency.lua")
local requests = {}
local next_number = 0
function init(args)
  wrk.headers["Authorization"] = "Bearer " .. args[1]
  for line in io.lines(args[2]) do requests[#requests + 1] = wrk.format("GET", line) end
end
function request()
  next_number = next_number + 1
  return requests[next_number % #requests + 1]
end

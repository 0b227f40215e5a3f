-- wrk script: reads the addresses of a file, in turn.
local addresses = {}
local next_number = 0
function init(args)
  wrk.headers["Authorization"] = "Bearer " .. args[1]
  for line in io.lines(args[2]) do addresses[#addresses + 1] = line end
end
function request()
  next_number = next_number + 1
  return wrk.format("GET", addresses[next_number % #addresses + 1])
end

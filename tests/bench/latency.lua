-- wrk script, alone or included by another: says p50, p99 and p99.9 in microseconds at the end.
function done(summary, latency, requests)
  io.write(string.format("microseconds %d %d %d\n", latency:percentile(50), latency:percentile(99),
    latency:percentile(99.9)))
end

-- Asks with one session after the other, and says what wrk saw as one line of JSON: times in microseconds.
-- wrk … URL -- FILE: a line of cookies for each session; without any, requests carry none.
local requests, count, last = {}, 0, 0

function init(args)
  for cookies in io.lines(args[1]) do
    count = count + 1
    requests[count] = wrk.format("GET", nil, { Cookie = cookies })
  end
  if count == 0 then
    count = 1
    requests[1] = wrk.format("GET")
  end
end

function request()
  last = last % count + 1
  return requests[last]
end

function done(summary, latency)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format(
    '{"requests":%d,"duration":%d,"p50":%d,"p99":%d,"failed":%d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), failed
  ))
end

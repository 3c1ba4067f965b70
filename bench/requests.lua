-- What wrk sends and how it tells what came back: see bench/wrk.py.
local key, body, mark = os.getenv("BENCH_KEY") or "", os.getenv("BENCH_BODY") or "", os.getenv("BENCH_MARK") or ""
local members, mixed, sent = {}, {}, 0
for member in (os.getenv("BENCH_MEMBERS") or ""):gmatch("[^,]+") do members[#members + 1] = member end

-- A file of requests, each a line of method, path, key and body with tabs between them, is sent round and round.
if os.getenv("BENCH_MIX") then
  for line in io.lines(os.getenv("BENCH_MIX")) do
    local method, path, its_key, its_body = line:match("^(.-)\t(.-)\t(.-)\t(.*)$")
    mixed[#mixed + 1] = { method, path, its_key, its_body }
  end
end

-- Puts in the next order id for ORDER and the next member for MEMBER.
local function filled(text)
  local order = mark .. "-" .. sent
  return (text:gsub("ORDER", order):gsub("MEMBER", members[sent % math.max(1, #members) + 1] or ""))
end

if key ~= "" then wrk.headers["Authorization"] = "Bearer " .. key end
if body ~= "" then
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/json"
end

if #mixed > 0 then
  request = function()
    sent = sent + 1
    local method, path, its_key, its_body = unpack(mixed[(sent - 1) % #mixed + 1])
    local headers = { ["Authorization"] = "Bearer " .. its_key }
    if its_body ~= "" then headers["Content-Type"] = "application/json" end
    return wrk.format(method, path, headers, its_body ~= "" and filled(its_body) or nil)
  end
elseif #members > 0 then
  local path
  request = function()
    path = path or wrk.path
    sent = sent + 1
    return wrk.format(nil, filled(path), nil, body ~= "" and filled(body) or nil)
  end
end

done = function(summary, latency, requests)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format(
    '{"answered": %d, "seconds": %f, "p50": %f, "p95": %f, "p99": %f, "errors": %d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(95) / 1e3,
    latency:percentile(99) / 1e3, failed))
end

-- What wrk sends: POST PREFIX N SUFFIX, N from 0 to 999 at random, with a body and a token.
local requests = {}

function init(args)
  local prefix, suffix, body, token = args[1], args[2], args[3], args[4]
  local fields = { ["Content-Type"] = "application/json" }
  if token ~= "" then fields["Authorization"] = "Bearer " .. token end
  for i = 0, 999 do
    requests[i] = wrk.format("POST", prefix .. i .. suffix, fields, body)
  end
  math.randomseed(1)
end

function request()
  return requests[math.random(0, 999)]
end

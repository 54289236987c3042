-- Yields through pcall, and errors that it catches, inside a coroutine.
local function step(i)
    if i % 10 == 0 then error("tenth", 0) end
    return coroutine.yield(i)
end

local worker = coroutine.wrap(function(limit)
    local caught, sum = 0, 0
    for i = 1, limit do
        local ok, value = pcall(step, i)
        if ok then sum = sum + value else caught = caught + 1 end
    end
    coroutine.yield(nil, caught, sum)
end)

local value, caught, sum = worker(3500000)
while value do
    value, caught, sum = worker(value * 2)
end
print(caught, sum)

-- Functions that are made, called once or twice, and forgotten.
local function counter(start)
    local value = start
    return function(step)
        value = value + step
        return value
    end
end

local function compose(f, g)
    return function(x) return f(g(x)) end
end

local sum = 0
for i = 1, 2000000 do
    local both = compose(counter(i), counter(-i))
    sum = sum + both(1) + both(2)
end
print(sum)

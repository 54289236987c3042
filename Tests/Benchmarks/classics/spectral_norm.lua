-- Arrays of numbers and a small function in the innermost loop.
local n = 600

local function element(i, j)
    local diagonal = i + j - 1
    return 1.0 / (diagonal * (diagonal - 1) * 0.5 + i)
end

local function multiply(vector, transposed)
    local product = {}
    for i = 1, n do
        local sum = 0.0
        for j = 1, n do
            sum = sum + vector[j] * (transposed and element(j, i) or element(i, j))
        end
        product[i] = sum
    end
    return product
end

local u, v = {}, nil
for i = 1, n do
    u[i] = 1.0
end
for _ = 1, 10 do
    v = multiply(multiply(u, false), true)
    u = multiply(multiply(v, false), true)
end
local uv, vv = 0.0, 0.0
for i = 1, n do
    uv, vv = uv + u[i] * v[i], vv + v[i] * v[i]
end
print(("%.9f"):format((uv / vv) ^ 0.5))

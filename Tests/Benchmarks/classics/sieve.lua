-- A long array of booleans, made anew each time.
local limit, count = 500000, 0
for _ = 1, 30 do
    local composite = {}
    count = 0
    for i = 2, limit do
        composite[i] = false
    end
    for i = 2, limit do
        if not composite[i] then
            count = count + 1
            for multiple = i * i, limit, i do
                composite[multiple] = true
            end
        end
    end
end
print(count)

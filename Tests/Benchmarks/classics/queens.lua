-- Recursion over arrays of booleans: queens that do not attack one another.
local n, found = 12, 0
local columns, rising, falling = {}, {}, {}

local function place(row)
    if row > n then
        found = found + 1
        return
    end
    for column = 1, n do
        local up, down = row + column, row - column + n
        if not (columns[column] or rising[up] or falling[down]) then
            columns[column], rising[up], falling[down] = true, true, true
            place(row + 1)
            columns[column], rising[up], falling[down] = false, false, false
        end
    end
end

place(1)
print(found)

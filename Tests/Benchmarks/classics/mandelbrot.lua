-- Floating-point numbers in local variables only.
local size, inside = 700, 0
for row = 0, size - 1 do
    local ci = 2.0 * row / size - 1.0
    for column = 0, size - 1 do
        local cr, zr, zi, left = 2.0 * column / size - 1.5, 0.0, 0.0, 100
        while left > 0 and zr * zr + zi * zi <= 4.0 do
            zr, zi, left = zr * zr - zi * zi + cr, 2.0 * zr * zi + ci, left - 1
        end
        if left == 0 then inside = inside + 1 end
    end
end
print(inside)

local ÿ = "Ã("
return "\xffÿ"

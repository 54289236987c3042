local s = [==[ never closed
x = "open

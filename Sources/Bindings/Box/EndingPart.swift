internal import VSphere

/// `fail` and `options`, in Lua: what ends a script early.
let endingPart = #"""
    local common = need "common"
    local math_type = math.type
    local ending = {}

    function ending.fail(message, exit_code)
      if type(message) ~= "string" or message == "" then
        common.usage("fail", "message must be a string, and not empty", 'fail "there is no such template"')
      end
      if exit_code == nil then exit_code = \#(ExitCode.scriptError.rawValue) end
      if math_type(exit_code) ~= "integer" or exit_code < 1 or exit_code > 255 then
        common.usage("fail", "exit_code must be a whole number from 1 to 255", "a script that is done ends with os.exit")
      end
      error(common.problem("failed", nil, message, nil, { exit_code = exit_code, plain = true }), 0)
    end

    -- What is wrong with the arguments of a script is for whoever runs it, and not for its author.
    function ending.options(description, words)
      if type(description) ~= "table" then
        common.usage("options", "the description must be a table", 'options{ "Says what the script does.", … }')
      end
      local arg = globals.arg
      local script = type(arg) == "table" and type(arg[0]) == "string" and arg[0] or "script"
      if words == nil then words = type(arg) == "table" and table.move(arg, 1, #arg, 1, {}) or {} end
      if type(words) ~= "table" then common.usage("options", "words must be a list of strings") end
      local verdict, answer, hint = box.options(description, words, script)
      if verdict == "values" then return answer end
      if verdict == "misuse" then common.usage("options", answer, hint) end
      if verdict == "help" then
        print(answer)
        leave(0)
      end
      error(common.problem("usage", nil, answer, nil, { plain = true }), 0)
    end

    return ending
    """#

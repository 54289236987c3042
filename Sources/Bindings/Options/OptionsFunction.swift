internal import Buffers
internal import JSON
internal import LuaHost
internal import Posix
internal import Text

extension FunctionSpec {
    /// `options`: scripts call a Lua wrapper of it, which reads `arg`.
    static let options = FunctionSpec(
        "options",
        "Reads the arguments of a script after one description of them, which --help, vmoon check and completion "
            + "use too.",
        [
            Parameter(
                "description",
                "table",
                "elements: sentences about the script, then its words in their order, { \"name\", \"summary\", … }; "
                    + "fields: options, name = { \"summary\", … }, or name = \"summary\" for a flag. In each: "
                    + "type (string, number, integer, duration, size, flag, list, choice; else that of the default), "
                    + "default, required, list, choices, min, max, short (a letter), value (what stands for it in "
                    + "help). A word is needed unless it has a default or required = false; the last may be a list"
            ),
            Parameter(
                "words",
                "string[]",
                "the arguments, else those of the script",
                isOptional: true
            ),
        ],
        returns: Result(
            "table",
            "the values by name: durations in seconds, sizes in bytes, flags true or false, lists of what was "
                + "given. An option is --name VALUE or --name=VALUE, a flag --name or --no-name, _ in a name is - "
                + "there; -- ends them. --help shows the help and ends the script; a mistake of whoever runs it "
                + "ends it with one line and exit code 64"
        ),
        errors: ["usage"],
        example: """
            local opt = options({ "Patches golden images.",
              { "item", "the items to patch", list = true },
              keep = { "versions to keep", default = 3, min = 1 },
              timeout = { "how long each may take", type = "duration", default = "1h" },
              mode = { "how", choices = { "fast", "careful" }, default = "careful" },
              force = "patch what is checked out, too",
            }, { "golden/rhel-9", "--keep=5", "--force" })
            print(opt.item[1], opt.keep, opt.timeout, opt.mode, opt.force)
            """,
        body: nil
    )
}

extension Runtime {
    /// Reads words after a description.
    ///
    /// The results are what came of it, `values`, `help`, `wrong` or `misuse`, and what belongs to that.
    func readOptions(_ call: HostCall) -> Verdict {
        let values = call.arguments.values
        guard values.count == 3 else { return .returned }
        let out = call.result
        let given = values[1].elements.map { SystemText.text($0.bytes ?? []) }
        do throws(ScriptOptions.Misuse) {
            let options = try ScriptOptions(JSONValue(values[0]))
            do throws(ScriptOptions.Problem) {
                switch try options.read(given) {
                case .help:
                    out.put(literal: "help")
                    let width = min(configuration.columns() ?? 80, 100)
                    out.put(options.help(for: values[2].string ?? "", width: width))
                case .values(let members):
                    out.put(literal: "values")
                    out.putRecord {
                        for member in members {
                            out.put(member.name)
                            out.put(words: member.value)
                        }
                        return members.count
                    }
                }
            } catch {
                out.put(literal: "wrong")
                out.put(error.message)
            }
        } catch {
            out.put(literal: "misuse")
            out.put(error.message)
            if let hint = error.hint { out.put(hint) }
        }
        return .returned
    }
}

extension ValueBuffer {
    /// Appends a value whose texts stand for bytes of the command line.
    fileprivate func put(words value: JSONValue) {
        switch value {
        case .string(let text) where !SystemText.isPlain(text):
            let bytes = ByteBuffer()
            bytes.append(SystemText.bytes(text))
            put(bytes)
        case .array(let elements):
            putArray {
                for element in elements { put(words: element) }
                return elements.count
            }
        default: put(value)
        }
    }
}

internal import LuaHost
internal import Buffers
internal import JSON
internal import Text
internal import VSphere

extension FunctionSpec {
    /// The module `json`; `json.null` is a value and defined by the runtime.
    static let json: [FunctionSpec] = [
        FunctionSpec(
            "json.decode",
            "Turns JSON text into Lua values.",
            [
                Parameter(
                    "text",
                    "string",
                    "one JSON document in UTF-8, nested at most \(JSONParser.defaultDepth) deep"
                )
            ],
            returns: Result(
                "any",
                "objects and arrays as tables, null as json.null, whole numbers of 64 bits as integers; "
                    + "an empty array stays one when it is encoded again"
            ),
            errors: ["protocol", "usage"],
            example: """
                local answer = json.decode('{"vms": [], "host": null, "size": 9007199254740993}')
                assert(answer.host == json.null and answer.size == 9007199254740993)
                print(json.encode(answer.vms))
                """
        ) { runtime, call in
            runtime.answer(call) { () throws(VSphereError) in
                let arguments = Arguments(call, of: "json.decode")
                guard let text = arguments[0], text.kind == .string else {
                    throw arguments.misuse("text must be a string")
                }
                let bytes = ByteBuffer()
                bytes.append(text)
                do throws(JSONError) {
                    try runtime.jsonParser.decode(bytes, into: call.result)
                } catch {
                    // The text usually comes from a server and seldom from the script itself.
                    throw VSphereError(
                        error.reason == .memory ? .noMemory : .protocolViolation,
                        Display.escape(error.description),
                        operation: arguments.function
                    )
                }
            }
        },
        FunctionSpec(
            "json.encode",
            "Turns a Lua value into JSON text.",
            [
                Parameter(
                    "value",
                    "any",
                    "tables with keys 1 … n are arrays, other tables objects; an empty one is an object "
                        + "unless json.array made it; a function, a secret, a cycle or a NaN is an error "
                        + "that names the place"
                ),
                Parameter(
                    "options",
                    "{pretty: boolean?, sorted: boolean?}",
                    "pretty: indented by two spaces, sorted; sorted: members in the order of their names",
                    isOptional: true
                ),
            ],
            returns: Result("string", "the text, on one line unless pretty"),
            errors: ["usage"],
            example: """
                print(json.encode({ name = "web-1", disks = json.array{}, tags = { "a", "b" } }))
                print(json.encode({ b = 1, a = json.null }, { pretty = true }))
                """
        ) { runtime, call in
            runtime.answer(call) { () throws(VSphereError) in
                let arguments = Arguments(call, of: "json.encode")
                guard arguments.count > 0, let value = call.arguments.root else {
                    throw arguments.misuse("there is no value to encode")
                }
                let options = try arguments.options(1, known: ["pretty", "sorted"])
                if let problem = JSONText.problem(with: value) { throw arguments.misuse(problem) }
                let out = ByteBuffer()
                let isPretty = options?["pretty"]?.boolean ?? false
                if isPretty || options?["sorted"]?.boolean ?? false {
                    JSONEncoder(isPretty ? .indented : .compact)
                        .encode(JSONValue(value).sorted, into: out)
                } else {
                    JSONEncoder().encode(value, into: out)
                }
                call.result.put(out)
            }
        },
        FunctionSpec(
            "json.array",
            "Makes a list that is an array in JSON even while it is empty.",
            [
                Parameter(
                    "list",
                    "any[]",
                    "a table with keys 1 … n or none; its elements are what JSON knows",
                    isOptional: true
                )
            ],
            returns: Result(
                "any[]",
                "a copy of the list, marked as an array; it may grow afterwards"
            ),
            errors: ["usage"],
            example: """
                local vms = json.array()
                print(json.encode({ vms = vms }))
                vms[1] = "vm-12"
                print(json.encode({ vms = vms }))
                """
        ) { runtime, call in
            runtime.answer(call) { () throws(VSphereError) in
                let arguments = Arguments(call, of: "json.array")
                guard let list = arguments[0] else { return call.result.putArray { 0 } }
                if let problem = JSONText.problem(with: list) { throw arguments.misuse(problem) }
                switch list.kind {
                case .array: call.result.put(list)
                case .record where list.count == 0: call.result.putArray { 0 }
                default: throw arguments.misuse("list must be a table with the keys 1 … n")
                }
            }
        },
    ]
}

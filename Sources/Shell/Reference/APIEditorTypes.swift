internal import APIIndex

/// Type annotations of the whole API, in the form of LuaLS: a file of its own, since it is long.
enum APIEditorTypes {
    /// The text of `vmoon-api.d.lua`.
    static func text() -> String {
        var blocks = [
            """
            ---@meta vmoon.api
            -- Written by `vmoon types`; do not edit. The Automation API: editors read it, nothing runs it.
            -- luacheck: ignore
            """
        ]
        blocks += parts(of: "")
        for name in APIFacts.enumerationNames {
            let values = (APIFacts.enumeration(name) ?? []).map { "\"\($0)\"" }
            let list = values.isEmpty ? "string" : values.joined(separator: "|")
            blocks.append("---@alias \(type(name)) \(list)")
        }
        for name in APIFacts.structureNames {
            let fields = APIFacts.structure(name)?.fields ?? []
            blocks.append(block("---@class \(type(name))", fields.map(field)))
        }
        return blocks.joined(separator: "\n") + "\n"
    }

    /// The class of a package or a service, and those in it.
    private static func parts(of path: String) -> [String] {
        var lines: [String] = []
        var below: [String] = []
        for child in APIFacts.children(of: path) {
            let name = path.isEmpty ? child.name : "\(path).\(child.name)"
            if let facts = child.isOperation ? APIFacts.operation(name) : nil {
                lines.append("---@field \(child.name) \(function(facts))")
            } else {
                lines.append("---@field \(child.name) vmoon.api.\(name)")
                below += parts(of: name)
            }
        }
        let name = path.isEmpty ? "vmoon.api" : "vmoon.api.\(path)"
        return [block("---@class \(name)", lines)] + below
    }

    private static func function(_ facts: APIOperation) -> String {
        let fields = facts.parameters.map { field in
            "\(field.name): \(annotation(field.type.unwrapped))\(field.isRequired ? "" : "?")"
        }
        let isNeeded = facts.parameters.contains(where: \.isRequired)
        let list =
            fields.isEmpty
            ? "" : "parameters\(isNeeded ? "" : "?"): {\(fields.joined(separator: ", "))}"
        let result = facts.result == .void ? "" : ": \(annotation(facts.result))"
        return "fun(\(list))\(result)"
    }

    private static func field(_ field: APIField) -> String {
        let mark = field.isRequired ? "" : "?"
        // A word of Lua's is no name.
        let name = field.name.isLuaName ? field.name + mark : "[\"\(field.name)\"]"
        let suffix = field.name.isLuaName ? "" : mark
        return "---@field \(name) \(annotation(field.type.unwrapped))\(suffix)"
    }

    private static func annotation(_ type: APIType) -> String {
        switch type {
        case .void: "nil"
        case .string, .blob, .time, .uri, .identifier, .identifierTyped: "string"
        case .secret: "(vmoon.secret|string)"
        case .integer: "integer"
        case .double: "number"
        case .boolean: "boolean"
        case .opaque: "any"
        case .optional(let type): annotation(type) + "?"
        case .list(let element), .set(let element): annotation(element) + "[]"
        case .map(_, let value): "table<string, \(annotation(value))>"
        case .structure(let name), .enumeration(let name): self.type(name)
        case .dynamic, .error: "table"
        }
    }

    /// The name of a structure or an enumeration among all classes.
    private static func type(_ name: String) -> String {
        "vmoon.api.type." + name.map { $0 == "~" ? "_" : String($0) }.joined()
    }

    private static func block(_ head: String, _ lines: [String]) -> String {
        ([head] + lines).joined(separator: "\n") + "\n"
    }
}

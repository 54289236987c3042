internal import Bindings

/// Type annotations of everything that scripts can use, in the form of LuaLS.
enum EditorTypes {
    /// The text of `vmoon.d.lua`: for scripts, and for their tests.
    static func text(
        _ specs: [FunctionSpec] = FunctionSpec.all,
        testing: [FunctionSpec] = FunctionSpec.testing
    ) -> String {
        var blocks = [
            """
            ---@meta vmoon
            -- Written by `vmoon types`; do not edit. Editors read it, nothing runs it.
            -- luacheck: ignore
            """
        ]
        for kind in ObjectKind.allCases { blocks.append(object(kind, specs)) }
        blocks +=
            globals(specs) + ["-- Only in the files that `vmoon test` runs:"] + globals(testing)
        return (blocks + [package(specs)]).joined(separator: "\n\n") + "\n"
    }

    private static func globals(_ specs: [FunctionSpec]) -> [String] {
        let modules = modules(of: specs)
        return specs.filter { $0.isGlobal && $0.module == nil && !modules.contains($0.name) }
            .map { $0.called == nil ? function($0) : called($0) }
            + modules.map { module($0, specs) }
    }

    private static func modules(of specs: [FunctionSpec]) -> [String] {
        var modules: [String] = []
        for spec in specs {
            if let module = spec.module, !modules.contains(module) { modules.append(module) }
        }
        return modules
    }

    private static func object(_ kind: ObjectKind, _ specs: [FunctionSpec]) -> String {
        let variable = "\(kind)_methods"
        var lines = ["---\(kind.summary)", "---@class \(kind.name)"]
        lines += kind.fields.map { "---@field \($0.name) \($0.type) \($0.summary)" }
        if let call = specs.first(where: { $0.called == kind }) {
            lines += ["---@field [string] \(kind.name)", overloadLine(call)]
        }
        lines.append("local \(variable) = {}")
        let methods = specs.filter { $0.receivers.contains(kind) }
        return
            ([lines.joined(separator: "\n")]
            + methods.map { function($0, on: kind, prefix: "\(variable):") })
            .joined(separator: "\n\n")
    }

    private static func module(_ name: String, _ specs: [FunctionSpec]) -> String {
        // In tests a function of Lua has additional fields.
        let call =
            name == "assert"
            ? "---@overload fun<T>(v?: T, message?: any, ...: any): T, any\n"
            : specs.first { $0.isGlobal && $0.name == name }.map(overload) ?? ""
        var blocks = ["---@class vmoon.module.\(name)\n\(call)\(name) = {}"]
        for value in ValueSpec.all where value.name.hasPrefix(name + ".") {
            blocks.append("---\(value.summary)\n---@type \(value.type)\n\(value.name) = nil")
        }
        blocks += specs.filter { $0.module == name }.map { function($0) }
        return blocks.joined(separator: "\n\n")
    }

    /// An object that is there as a global.
    private static func called(_ spec: FunctionSpec) -> String {
        "---\(spec.summary)\n---@type \(spec.called?.name ?? "any")\n\(spec.name) = nil"
    }

    /// How a module is called that is a function as well.
    private static func overload(_ spec: FunctionSpec) -> String {
        "---\(spec.summary)\n\(overloadLine(spec))\n"
    }

    private static func overloadLine(_ spec: FunctionSpec) -> String {
        let list = spec.parameters.map { parameter in
            let mark = parameter.isOptional && parameter.name != "..." ? "?" : ""
            return "\(parameter.name)\(mark): \(parameter.type)"
        }
        let result = FunctionSpec.Result.text(spec.result.types)
        return "---@overload fun(\(list.joined(separator: ", "))): \(result)"
    }

    /// The result of `require "vmoon"`: the same functions in one table.
    private static func package(_ specs: [FunctionSpec]) -> String {
        let modules = modules(of: specs)
        let names =
            specs.filter { $0.isGlobal && $0.module == nil && !modules.contains($0.name) }
            .map(\.name) + modules
        let fields = names.map { "  \($0) = \($0)," }
        return (["---@class vmoon", "local vmoon = {"] + fields + ["}", "", "return vmoon"])
            .joined(separator: "\n")
    }

    private static func function(
        _ spec: FunctionSpec,
        on kind: ObjectKind? = nil,
        prefix: String = ""
    ) -> String {
        let parameters = spec.declaredParameters(on: kind)
        var lines = ["---\(spec.summary)"]
        if spec.waits { lines.append("---@async") }
        for parameter in parameters {
            let mark = parameter.isOptional && parameter.name != "..." ? "?" : ""
            lines.append(
                "---@param \(parameter.name)\(mark) \(parameter.type) \(parameter.summary)"
            )
        }
        for (place, type) in spec.result.types.enumerated() {
            lines.append("---@return \(type)" + (place == 0 ? " # \(spec.result.summary)" : ""))
        }
        if !spec.result.otherwise.isEmpty {
            let list = parameters.map { "\($0.name)\($0.isOptional ? "?" : ""): \($0.type)" }
            let result = FunctionSpec.Result.text(spec.result.otherwise)
            let receiver = kind.map { ["self: \($0.name)"] } ?? []
            lines.append(
                "---@overload fun(\((receiver + list).joined(separator: ", "))): \(result)"
            )
        }
        let names = parameters.map(\.name).joined(separator: ", ")
        return (lines + ["function \(prefix)\(spec.name)(\(names)) end"]).joined(separator: "\n")
    }
}

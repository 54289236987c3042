internal import APIIndex
public import Buffers
internal import LuaHost
internal import VSphere

extension FunctionSpec {
    /// `api`: any operation of the Automation API by its own name.
    static let api = FunctionSpec(
        "api",
        "Calls an operation of the Automation API by its own name: api.PACKAGE.SERVICE.OPERATION{…}.",
        [
            Parameter(
                "parameters",
                "table",
                "the parameters of the operation, by name, as vmoon doc api.PACKAGE.SERVICE.OPERATION tells; "
                    + "lists, tables and text, secrets also as secret values; a structure that may be of "
                    + "several kinds names its own in [\"@class\"]",
                isOptional: true
            )
        ],
        returns: Result(
            "any",
            "the result; nil where there is none. All that is not known to read counts as a change"
        ),
        errors: [
            "usage", "not_found", "no_such_route", "unauthorized", "unknown_outcome", "error",
        ],
        example: """
            local vms = api.vcenter.VM.list{ filter = { power_states = { "POWERED_ON" } } }
            for _, vm in ipairs(vms) do print(vm.name, vm.power_state) end
            """,
        called: .api,
        waits: true
    ) { runtime, call in runtime.callAPI(call) }
}

extension Runtime {
    /// Writes a part of the API into a result.
    func put(_ part: APIPart, into result: ValueBuffer) {
        result.put(object: ObjectKind.api.rawValue, identifier: apiParts.add(part))
    }

    /// Reads a field of a part: a part of it.
    func property(_ name: String, ofPart identifier: UInt64, into result: ValueBuffer) {
        guard let part = apiParts[identifier] else { return }
        if name == "__tostring" {
            result.put(part.path.isEmpty ? "api" : "api.\(part.path)")
        } else {
            put(part.part(name), into: result)
        }
    }

    /// The name of the part of the API that a value is; nil for any other value.
    public func apiPath(of value: Value) -> String? {
        guard let object = value.object, object.kind == ObjectKind.api.rawValue else { return nil }
        return apiParts[object.identifier]?.path
    }

    /// Makes the call of an operation of the whole API.
    func callAPI(_ call: HostCall) -> Verdict {
        let all = call.arguments.values
        guard let object = all.first?.object, let part = apiParts[object.identifier] else {
            return raise(VSphereError(.usage, "not an object of vmoon", operation: "api"), in: call)
        }
        var arguments = all.dropFirst()
        while arguments.last?.kind == .nil { arguments.removeLast() }
        do throws(VSphereError) {
            guard let operation = apiOperation(of: part) else { throw part.problem }
            try checkPolicy(operation.name, isChanging: operation.isChanging)
            let vcenter = try vcenter(of: part, operation.name)
            var revealed: Set<String> = []
            let given = try parameters(arguments, of: operation, at: vcenter, &revealed)
            let request: Call
            do throws(VSphereError) {
                request = try Call(operation, [given], revealed: revealed)
            } catch {
                // A refused word may be a secret in the wrong place.
                throw configuration.secrets.redaction.cleaned(error)
            }
            for secret in request.secrets { configuration.secrets.hide(Secret(secret)) }
            let target = Target(vcenter: vcenter, arguments: [given], item: nil)
            return send(request, to: target, call)
        } catch {
            return raise(error, in: call)
        }
    }

    private func apiOperation(of part: APIPart) -> VSphere.Operation? {
        if part.operation == nil { part.operation = apiOperation(part.path) }
        return part.operation
    }

    /// The operation of a name, made when it is first called.
    func apiOperation(_ path: String) -> VSphere.Operation? {
        if let known = apiOperations[path] { return known }
        let made = APIFacts.operation(path).map { VSphere.Operation($0) }
        apiOperations[path] = made
        return made
    }

    private func vcenter(of part: APIPart, _ name: String) throws(VSphereError) -> VCenter {
        let found = part.session.map { connections.vcenter(of: $0) } ?? connections.defaultVCenter()
        switch found {
        case .success(let vcenter): return vcenter
        case .failure(var error):
            if error.operation.isEmpty { error.operation = name }
            throw error
        }
    }

    /// The table of parameters; secrets are texts in it, and items their identifiers.
    private func parameters(
        _ arguments: ArraySlice<Value>,
        of operation: VSphere.Operation,
        at vcenter: VCenter,
        _ revealed: inout Set<String>
    ) throws(VSphereError) -> Value {
        guard arguments.count <= 1, arguments.first.map({ $0.kind != .object }) ?? true else {
            throw VSphereError(
                .usage,
                "takes one table of parameters by name",
                operation: operation.name,
                hint: "see help \"\(operation.name)\""
            )
        }
        let out = ValueBuffer()
        guard let given = arguments.first else {
            out.putRecord { 0 }
            return out.values[0]
        }
        guard given.holdsObject else { return given }
        var stranger: Item?
        var secrets: Set<String> = []
        put(given, into: out) { value in
            if let secret = configuration.secrets[value] {
                secrets.insert(secret.reveal())
                return out.put(secret.reveal())
            }
            guard let object = value.object, object.kind == ObjectKind.item.rawValue,
                let item = items[object.identifier]
            else { return out.put(value) }
            if item.vcenter !== vcenter { stranger = item }
            out.put(item.identifier)
        }
        revealed = secrets
        if let stranger {
            throw VSphereError(
                .usage,
                "the item is of \(stranger.vcenter.profile.endpoint)",
                operation: operation.name,
                vcenter: vcenter.profile.endpoint.description
            )
        }
        return out.values[0]
    }

    /// Copies a value, with something else for each host object.
    private func put(_ value: Value, into out: ValueBuffer, objects stand: (Value) -> Void) {
        switch value.kind {
        case .object: stand(value)
        case .array:
            out.putArray {
                for element in value.elements { put(element, into: out, objects: stand) }
                return value.count
            }
        case .record:
            out.putRecord {
                for (key, found) in value.fields {
                    out.put(key)
                    put(found, into: out, objects: stand)
                }
                return value.count
            }
        default: out.put(value)
        }
    }
}

extension Value {
    /// Whether there is a host object in it.
    fileprivate var holdsObject: Bool {
        switch kind {
        case .object: true
        case .array: elements.contains { $0.holdsObject }
        case .record: fields.contains { $0.value.holdsObject }
        default: false
        }
    }
}

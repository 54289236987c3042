internal import Buffers
internal import LuaHost
internal import Text
internal import VSphere

/// The functions that are one vCenter operation each.
extension FunctionSpec {
    /// One function for every operation that `OperationText` describes.
    static let operations: [FunctionSpec] = OperationText.all.map { text in
        FunctionSpec(
            text.operation.name,
            text.summary,
            zip(text.operation.parameters, text.parameters).map { parameter, summary in
                Parameter(
                    parameter.name,
                    text.type(of: parameter),
                    summary,
                    isOptional: parameter.isOptional
                )
            },
            returns: text.result,
            errors: text.errors + (text.operation.isChanging ? ofEveryChange : []),
            example: text.example,
            receivers: text.isAboutItem ? [.session, .item] : [.session],
            waits: true,
            body: body(of: text.operation)
        )
    }

    static func body(of operation: VSphere.Operation) -> Body {
        { runtime, call in runtime.perform(operation, call) }
    }

    /// The kinds of error that vmoon itself may raise for any change.
    static let ofEveryChange = ["conflict", "unknown_outcome", "journal"]
}

extension OperationText {
    fileprivate func type(of parameter: VSphere.Operation.Parameter) -> LuaType {
        if parameter.name == "item" { return .union([.object(.item), .string]) }
        if parameter.isFilter { return filter }
        if parameter.choices.isEmpty { return LuaType(parameter.shape) }
        return .union(parameter.choices.map(LuaType.literal))
    }
}

extension Runtime {
    /// Makes the call of one operation: the hot path from Lua to the wire.
    func perform(_ operation: VSphere.Operation, _ call: HostCall) -> Verdict {
        do throws(VSphereError) {
            try checkPolicy(operation.name, isChanging: operation.isChanging)
            let target = try self.target(of: call.arguments, for: operation.name)
            if let place = operation.parameters.firstIndex(where: \.isFilter),
                target.arguments.indices.contains(place)
            {
                try checkFilter(target.arguments[place], of: operation.name)
            }
            return send(try Call(operation, target.arguments), to: target, call)
        } catch {
            return raise(error, in: call)
        }
    }

    /// Refuses a filter with an unknown field: vCenter would ignore it and return a longer list.
    private func checkFilter(_ filter: Value, of operation: String) throws(VSphereError) {
        guard let known = OperationText.filterFields[operation] else { return }
        for (key, _) in filter.fields {
            let name = key.string ?? ""
            guard !known.contains(name) else { continue }
            let guess = Suggestion.nearest(to: name, among: known).map { "did you mean \($0)? " }
            throw VSphereError(
                .usage,
                "filter: there is no field \"\(Display.name(name))\"",
                operation: operation,
                hint: (guess ?? "") + "the fields are \(known.joined(separator: ", "))"
            )
        }
    }

    /// Sends a call, or plans it, for a script that waits for its result.
    func send(_ request: Call, to target: Target, _ call: HostCall) -> Verdict {
        let isPlanned = isPlanned(request, at: target.vcenter)
        if request.operation.isChanging, !isPlanned { return change(request, target, call) }
        let pending = Pending(call, of: self)
        call.pending = pending
        let vcenter = target.vcenter
        guard !isPlanned else {
            let steps = CallSequence(
                pending: pending,
                vcenter: vcenter,
                name: request.operation.name
            )
            steps.plan(request, target.arguments) { result in steps.end(with: result) }
            return .waiting
        }
        do throws(VSphereError) {
            try noteRead(request, target.arguments, at: vcenter)
        } catch {
            pending.end()
            return raise(error, in: call)
        }
        // The arguments lie in the call's own buffer, and that is free again only after the verdict.
        // Thousands of calls may wait: what holds one object only needs no memory of its own.
        let hasMarks = request.operation.givesMessages
        let ticket = vcenter.perform(
            request,
            into: call.result,
            argumentsStay: true,
            span: span(of: call)
        ) { error in
            if hasMarks, error == nil { pending.call.result.separateMarks() }
            pending.runtime.answered(pending, error)
        }
        if !pending.isOver { pending.cancellation = .call(ticket) }
        return .waiting
    }

    private func answered(_ pending: Pending, _ error: VSphereError?) {
        guard let error else { return finish(pending, nil) }
        if error.isExplained { return explain(error, pending) }
        if let listing = MachineListing(error, pending) { return listing.start() }
        finish(pending, error)
    }

    /// Adds to an error what another call tells about it, before the script hears of it.
    private func explain(_ error: VSphereError, _ pending: Pending) {
        guard case .call(let ticket) = pending.cancellation else { return finish(pending, error) }
        let steps = CallSequence(
            pending: pending,
            vcenter: ticket.vcenter,
            name: ticket.call.operation.name
        )
        steps.explain(error, about: ticket.call.argument(0)) { [self] in finish(pending, $0) }
    }

    /// The vCenter that a call is for, and its arguments without the receiver.
    struct Target {
        let vcenter: VCenter
        let arguments: [Value]
        /// The item that the call was made on, or its first argument if that is an item object.
        let item: Item?
    }

    /// Removes the receiver from the arguments and replaces item objects by their identifiers.
    ///
    /// The vCenter is that of the session the method was called on, else that of the item, else that of the
    /// only session.
    func target(of arguments: ValueBuffer, for operation: String) throws(VSphereError) -> Target {
        var values = arguments.values
        var vcenter: VCenter?
        if let object = values.first?.object, object.kind == ObjectKind.session.rawValue {
            vcenter = try open(connections.vcenter(of: object.identifier), operation)
            values.removeFirst()
        }
        var subject: Item?
        for index in values.indices {
            guard let object = values[index].object, object.kind == ObjectKind.item.rawValue,
                let item = items[object.identifier]
            else { continue }
            if let vcenter, item.vcenter !== vcenter {
                throw VSphereError(
                    .usage,
                    "the item is of \(item.vcenter.profile.endpoint)",
                    operation: operation,
                    vcenter: vcenter.profile.endpoint.description,
                    hint: "call it as a method of the item, or of its own session"
                )
            }
            vcenter = item.vcenter
            values[index] = item.identifier
            if index == values.startIndex { subject = item }
        }
        values = try SecretArguments(configuration.secrets, of: operation).revealed(values)
        if vcenter == nil { vcenter = try open(connections.defaultVCenter(), operation) }
        guard let vcenter else { preconditionFailure("a default was found or an error thrown") }
        return Target(vcenter: vcenter, arguments: values, item: subject)
    }

    private func open(
        _ found: Swift.Result<VCenter, VSphereError>,
        _ operation: String
    ) throws(VSphereError) -> VCenter {
        switch found {
        case .success(let vcenter): return vcenter
        case .failure(var error):
            if error.operation.isEmpty { error.operation = operation }
            throw error
        }
    }
}

public import Buffers
internal import Text
public import VSphere

/// Writes changes into the plan, after reading the state they start from.
extension Plan {
    /// Writes a change that is not a vCenter operation.
    /// - Parameters:
    ///   - operation: The function's name in Lua.
    ///   - subject: The object it is about; shown escaped.
    /// - Returns: The placeholder for its result.
    public func add(_ operation: String, about subject: String) -> String {
        let shown = Display.escape(bytes: Array(subject.utf8), limit: 200)
        return write(PlannedChange(number: 0, operation: operation, subject: [shown])).text
    }

    /// Writes a call, and passes on the placeholder for its result.
    ///
    /// The look-ups are real: a plan for an item that does not exist, or cannot be read, fails like the call
    /// itself.
    /// - Parameters:
    ///   - request: The call.
    ///   - arguments: Its arguments.
    ///   - vcenter: The vCenter it would be made in.
    ///   - completion: Called with the placeholder for the result, or the error.
    /// - Returns: Cancels the look-ups.
    public func add(
        _ request: Call,
        _ arguments: [Value],
        at vcenter: VCenter,
        completion: @escaping (Swift.Result<Value?, VSphereError>) -> Void
    ) -> () -> Void {
        guard request.operation.isChanging else {
            completion(standIn(for: request, arguments, at: vcenter))
            return {}
        }
        var change = PlannedChange(number: 0, operation: request.operation.name)
        let named = Dictionary(
            zip(request.operation.parameters.map(\.name), arguments),
            uniquingKeysWith: { first, _ in first }
        )
        change.version = named["version"]?.string
        change.vm = named["vm"]?.string
        change.action = named["action"]?.string
        change.isPoweredOn = named["spec"]?["powered_on"]?.boolean ?? false
        let item = named["item"]?.string.flatMap { Placeholder.isIn($0) ? nil : $0 }
        change.subject = request.subjects(without: item == nil ? nil : "item")
        change.subject += Self.names(in: named["spec"])
        let key = Key(vcenter: vcenter.profile.endpoint.description, item: item ?? "")
        let reader = StateReader(vcenter)
        let finish = { [self, change] (read: Item?) in
            let placeholder = write(change, key, read)
            let out = ValueBuffer()
            placeholder.put(as: request.operation.result, into: out)
            completion(.success(out.root))
        }
        guard let item else {
            finish(nil)
            return {}
        }
        if let known = self[key] {
            finish(known)
            return {}
        }
        // An item to be deleted need be no VM template, which alone has versions and check-outs.
        let kind = request.operation.effect?.kind(action: nil)
        let isFollowed = kind?.scope == .item && kind != .deleteItem
        read(item, withParts: isFollowed, reader) { result in
            switch result {
            case .success(let read): finish(read)
            case .failure(let error): completion(.failure(error))
            }
        }
        return { reader.cancel() }
    }

    /// What a specification names, for a line.
    static func names(in specification: Value?) -> [String] {
        ["name", "source_vm", "library"].compactMap { field in
            specification?[field]?.string.map { "\(field) \(Display.escape($0))" }
        }
    }

    /// Numbers a change and tells its line: what failed before has none.
    func write(_ change: PlannedChange, _ key: Key? = nil, _ read: Item? = nil)
        -> Placeholder
    {
        var change = change
        change.number = nextNumber()
        let placeholder = Placeholder(number: change.number, operation: change.operation)
        if let key, let read { add(&change, to: key, read: read, result: placeholder.text) }
        if let key { follow(change, at: key.vcenter, result: placeholder.text) }
        tell("plan: " + change.line)
        return placeholder
    }

    private func read(
        _ item: String,
        withParts: Bool,
        _ reader: StateReader,
        then next: @escaping (Swift.Result<Item, VSphereError>) -> Void
    ) {
        reader.ask([.init(.getItem, item)]) { answers in
            let read = answers[0].map { model in
                Item(
                    name: model?["name"]?.string ?? "",
                    latest: model?["content_version"]?.string
                )
            }
            guard withParts, case .success(var whole) = read else { return next(read) }
            reader.ask([.init(.listVersions, item), .init(.listCheckOuts, item)]) { answers in
                do throws(VSphereError) {
                    let versions = try answers[0].get()
                    let machines = try answers[1].get()
                    whole.versions = versions?.elements.compactMap { $0["version"]?.string } ?? []
                    whole.checkOuts = machines?.elements.compactMap { $0["vm"]?.string } ?? []
                    next(.success(whole))
                } catch {
                    next(.failure(error))
                }
            }
        }
    }
}

public import Buffers
internal import JSON
internal import Text
public import VSphere

/// Reads in a dry run: nothing that a script waits for by reading again will come.
extension Plan {
    /// How often the same read is made without a new line of the plan in between.
    static let readLimit = 1000

    /// Takes note of a read.
    /// - Throws: kind `usage` for one that was made too often.
    public func note(
        _ request: Call,
        _ arguments: [Value],
        at vcenter: VCenter
    ) throws(VSphereError) {
        let key = readKey(request, arguments, at: vcenter)
        guard !isRepeated(key) else { throw .waitsInVain(request) }
    }

    /// The same for what is no operation of vCenter's: an address that is read, a program that changes nothing.
    public func note(_ function: String, about subject: String) throws(VSphereError) {
        guard isRepeated("\(function) \(subject)") else { return }
        throw .waitsInVain(function, Display.escape(bytes: Array(subject.utf8), limit: 200))
    }

    /// A placeholder for the answer to a read that is not sent, since its object is only planned, or its state is
    /// set by a planned change.
    ///
    /// The first of several that are the same has a line.
    func standIn(
        for request: Call,
        _ arguments: [Value],
        at vcenter: VCenter
    ) -> Swift.Result<Value?, VSphereError> {
        let operation = request.operation
        let key = readKey(request, arguments, at: vcenter)
        guard !isRepeated(key) else { return .failure(.waitsInVain(request)) }
        var stand = told[key]
        if stand == nil, request.containsText(where: Placeholder.isIn) {
            var change = PlannedChange(number: 0, operation: operation.name)
            change.subject = request.subjects(without: nil)
            change.subject +=
                arguments.last.map { PlannedChange.parts(of: JSONValue($0), [:]) } ?? []
            stand = write(change)
            told[key] = stand
        }
        var known: [String: String] = [:]
        let isAboutMachine = operation === Operation.getPower || operation === Operation.getVM
        if isAboutMachine, let vm = arguments.first?.string, let power = power(of: vm, at: vcenter)
        {
            known = ["state": power, "power_state": power]
        }
        let out = ValueBuffer()
        (stand ?? Placeholder(number: 0, operation: operation.name))
            .put(as: operation.result, knowing: known, into: out)
        return .success(out.root)
    }

    /// A key that is the same for equal reads.
    private func readKey(_ request: Call, _ arguments: [Value], at vcenter: VCenter) -> String {
        let values = arguments.map { JSONEncoder().encode(JSONValue($0)) }.joined(separator: " ")
        return "\(vcenter.profile.endpoint) \(request.operation.name) \(request.subject) \(values)"
    }

    /// The state of power that planned changes leave a machine in; nil where none of them is about that.
    public func power(of vm: String, at vcenter: VCenter) -> String? {
        let known = machines[machine(vm, at: vcenter.profile.endpoint.description)]
        return known?.isChanged == true ? known?.power : nil
    }
}

extension VSphereError {
    /// The error of a read that is made again and again.
    static func waitsInVain(_ request: Call) -> VSphereError {
        waitsInVain(request.operation.name, request.subject)
    }

    static func waitsInVain(_ operation: String, _ subject: String) -> VSphereError {
        var error = VSphereError(
            .usage,
            "asked \(Plan.readLimit) times, with nothing planned in between: in a dry run what it waits "
                + "for does not come",
            operation: operation,
            hint: "leave the loop where isDryRun() says so"
        )
        error.subject = subject
        return error
    }
}

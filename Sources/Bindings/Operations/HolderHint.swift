internal import Buffers
internal import Text
internal import VSphere

extension VSphereError {
    /// Whether another call can tell more about it.
    var isExplained: Bool { isAboutCheckOut || isAboutService }
}

extension CallSequence {
    /// Adds to the hint of a missing service which release the vCenter is, and to that of a refusal who has the item checked out: the user, since when, and the
    /// machine.
    ///
    /// Asked after the refusal, so that a successful call costs no extra read. If the read fails, the error
    /// stays as it is: it is the important one.
    func explain(
        _ error: VSphereError,
        about item: Value?,
        then next: @escaping (VSphereError) -> Void
    ) {
        if error.isAboutService, !pending.isOver { return explainService(error, then: next) }
        guard error.isAboutCheckOut, let item, !pending.isOver else { return next(error) }
        attempt(.listCheckOuts, [item]) { result in
            guard case .success(let list) = result, let vm = list?.elements.next(of: "vm") else {
                return next(error)
            }
            attempt(.getCheckOut, [item, vm]) { result in
                guard case .success(let info) = result, let user = info?["user"]?.string,
                    let time = info?["time"]?.string
                else { return next(error) }
                let machine = Display.escape(vm.string ?? "")
                var error = error
                error.hint =
                    "it is checked out by \(Display.escape(user)) since \(Display.escape(time)) "
                    + "as \(machine): checkIn or deleteCheckOut ends that"
                next(error)
            }
        }
    }
}

extension Value.Elements {
    /// The value of a field of the first element.
    fileprivate func next(of field: String) -> Value? {
        var copy = self
        return copy.next()?[field]
    }
}

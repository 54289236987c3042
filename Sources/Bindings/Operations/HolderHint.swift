internal import Buffers
internal import Text
internal import VSphere

extension CallSequence {
    /// Adds to the hint of a refusal who has the item checked out: the user, since when, and the
    /// machine.
    ///
    /// Asked after the refusal, so that a successful call costs no extra read. If the read fails, the error
    /// stays as it is: it is the important one.
    func explain(
        _ error: VSphereError,
        about item: Value?,
        then next: @escaping (VSphereError) -> Void
    ) {
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

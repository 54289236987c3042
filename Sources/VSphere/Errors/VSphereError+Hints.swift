extension VSphereError {
    /// What to try, for the kind and the operation; an earlier, more exact hint stays.
    mutating func addHint(for operation: Operation?) {
        guard hint == nil else { return }
        let isLogin = self.operation == Self.login
        switch kind {
        case .unauthenticated where isLogin: hint = "check --user and the password"
        case .unauthenticated:
            hint = "the session ended and was renewed once; check the user's rights"
        case .unauthorized:
            hint = operation?.privilege.map { "it needs the privilege \($0)" }
        case .serviceUnavailable where isLogin:
            hint = "the vCenter is busy or out of sessions; try again later"
        case .noSuchRoute where isLogin: hint = "is this a vCenter? --vcenter names its address"
        case .noSuchRoute:
            hint = "this vCenter may be too old: templates need 6.8, check-outs and versions 6.9.1"
        case .notAllowedInCurrentState where isAboutCheckOuts:
            hint = "see listCheckOuts(item), and getCheckOut(item, vm) for who holds it since when"
        case .notAllowedInCurrentState where self.operation == Operation.checkIn.name:
            hint = "the virtual machine must be off: setPower(vm, \"stop\")"
        case .unableToAllocateResource where self.operation == Operation.checkOut.name:
            hint = "an item has one check-out at a time: see listCheckOuts(item)"
        case .tls: hint = "--ca-file names the authority, --pin the key of the vCenter"
        case .timeout: hint = "--timeout is for reads, --operation-timeout for changes"
        case .unknownOutcome: hint = "run `vmoon reconcile`; never retry blindly"
        default: break
        }
    }

    private var isAboutCheckOuts: Bool {
        [Operation.rollback.name, Operation.deleteItem.name].contains(operation)
    }
}

internal import APIIndex

extension VSphereError {
    /// Advice if something other than a vCenter answers.
    static let addressHint = "is this a vCenter? --vcenter names its address"

    /// Adds a hint for a refused user and password.
    mutating func addLogInHint(_ source: Secret.Source?) {
        guard hint == nil else { return }
        switch source {
        case .typed?: hint = "check --user and the password that was typed"
        case .place(let place)?: hint = "check --user and the password, which came from \(place)"
        case nil: hint = "check --user and the password"
        }
    }

    /// Adds a hint for the kind and the operation; an earlier, more exact hint stays.
    mutating func addHint(
        for operation: Operation?,
        speaking choice: ConnectionProfile.DialectChoice
    ) {
        guard hint == nil else { return }
        let isLogin = self.operation == Self.login
        switch kind {
        case .unauthenticated where isLogin: hint = "check --user and the password"
        case .unauthenticated:
            hint = "the session ended and was renewed once; check the user's rights"
        case .unauthorized:
            let privilege =
                operation?.privilege ?? (operation?.isLiteral == false ? "System.Read" : nil)
            hint = privilege.map { "it needs the privilege \($0)" }
            if operation?.isAboutLibraries == true {
                hint =
                    (hint.map { $0 + ", " } ?? "it needs a privilege ")
                    + "given as a global permission: libraries inherit from nothing else"
            }
        case .serviceUnavailable where isLogin:
            hint = "the vCenter is busy or out of sessions; try again later"
        case .transport where isLogin:
            hint = "is the vCenter up, and its address right? --vcenter names it"
        case .serviceUnavailable where operation?.isChanging == false && status != 429:
            hint = "the vCenter may be starting; --timeout says how long a read waits for it"
        case .notFound where operation?.isLiteral == false: hint = nameHint
        case .noSuchRoute where isLogin:
            hint = Self.addressHint
            if !choice.takesEither {
                hint? += "; does it speak /\(choice.rawValue)? try --api auto"
            }
        case .noSuchRoute where operation?.facts != nil: addServiceHint(release: nil)
        case .noSuchRoute where operation?.isLiteral == true:
            hint = "is the path right? it is what follows /rest or /api, where names differ"
        case .noSuchRoute:
            hint = "this vCenter may be too old: templates need 6.8, check-outs and versions 6.9.1"
            if !choice.takesEither {
                hint? += "; or only /\(choice.rawValue) lacks it: try --api auto"
            }
        case .notAllowedInCurrentState where isAboutCheckOut:
            hint = "see listCheckOuts(item), and getCheckOut(item, vm) for who holds it since when"
        case .notAllowedInCurrentState where needs(.machineOff):
            // Not setPower: that is the plug, and whoever copies the hint loses what the guest has not written.
            hint =
                "the virtual machine must be off: shutdownGuest(vm), then "
                + "waitForPower(vm, \"POWERED_OFF\")"
        case .unableToAllocateResource where isTooManyMatches:
            hint = "narrow the filter: by hosts, folders or clusters"
        case .unableToAllocateResource where isAboutCheckOut:
            hint = "an item has one check-out at a time: see listCheckOuts(item)"
        case .invalidArgument where isAboutOneCheckOut:
            hint = "see listCheckOuts(item), and getVMItem(vm) for the item it is checked out of"
        case .invalidArgument where needs(.olderVersion):
            hint = "is it the latest version, or an item that is no VM template?"
        case .invalidArgument where operation?.takesFields == true:
            hint =
                "see help \"\(self.operation)\", or vmoon doc \(self.operation), for the fields "
                + "it takes"
        case .tls: hint = "--ca-file names the authority, --pin the key of the vCenter"
        case .timeout: hint = "--timeout is for reads, --operation-timeout for changes"
        case .unknownOutcome: hint = "run `vmoon reconcile`; never retry blindly"
        default: break
        }
    }

    /// Whether a check-out of the item is the reason of the refusal.
    public var isAboutCheckOut: Bool {
        switch kind {
        case .notAllowedInCurrentState, .unableToAllocateResource:
            needs(.noCheckOut) && !isTooManyMatches
        default: false
        }
    }

    /// Advice where a name stands in place of an identifier; nil for what looks like one.
    private var nameHint: String? {
        for part in subject.split(separator: ", ") {
            let words = part.split(separator: " ", maxSplits: 1)
            guard words.count == 2 else { continue }
            let isLong = words[1].count == 36 && words[1].count { $0 == "-" } == 4
            let finder: String
            switch words[0] {
            case "vm" where !words[1].hasPrefix("vm-"): finder = "find.vm tells"
            case "library" where !isLong: finder = "find.library tells"
            case "item" where !isLong: finder = "item \"library/name\" and find.library tell"
            default: continue
            }
            return "an identifier is wanted, and \(finder) that of a name"
        }
        return nil
    }

    private func needs(_ need: Effect.Need) -> Bool {
        Operation.named(operation)?.effect?.needs(action: nil).contains(need) == true
    }

    private var isAboutOneCheckOut: Bool {
        needs(.checkedOut) || operation == Operation.getCheckOut.name
    }
}

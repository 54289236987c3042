internal import Buffers
internal import Text
internal import VSphere

/// The release of a vCenter, which is asked for at most once.
enum KnownRelease {
    /// It was asked; these are called with the answer.
    case asked([(String?) -> Void])
    /// The answer; nil if there was none.
    case told(String?)
}

extension CallSequence {
    /// Adds to the hint of a missing service what release the vCenter is.
    ///
    /// Asked only then, and once. Where it cannot be told the error stays as it is.
    func explainService(_ error: VSphereError, then next: @escaping (VSphereError) -> Void) {
        // Whoever is not waiting any more gets the error that there is.
        pending.cancellation = .other { next(error) }
        runtime.release(of: vcenter) { release in
            guard !pending.isOver else { return }
            pending.cancellation = .none
            var error = error
            error.addServiceHint(release: release.map { Display.escape($0) })
            next(error)
        }
    }
}

extension Runtime {
    /// Tells the release of a vCenter, such as `8.0.3.00000`; nil where it does not say.
    fileprivate func release(of vcenter: VCenter, then next: @escaping (String?) -> Void) {
        let key = vcenter.profile.endpoint.description
        switch releases[key] {
        case .told(let release): return next(release)
        case .asked(let waiting):
            releases[key] = .asked(waiting + [next])
            return
        case nil: break
        }
        guard let operation = apiOperation("appliance.system.version.get"),
            let call = try? Call(operation, [])
        else { return next(nil) }
        releases[key] = .asked([next])
        let out = ValueBuffer()
        vcenter.perform(call, into: out, isAside: true) { [self] _ in
            let release = out.root?["version"]?.string
            guard case .asked(let waiting)? = releases[key] else { return }
            releases[key] = .told(release)
            for next in waiting { next(release) }
        }
    }
}

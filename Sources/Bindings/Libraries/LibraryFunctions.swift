internal import Buffers
internal import JSON
internal import LuaHost
internal import VSphere

extension FunctionSpec {
    /// The functions about libraries and items that vCenter has two operations for: one for libraries of its own
    /// and one for libraries that follow others, or one for libraries and one for items.
    static let publications: [FunctionSpec] = [
        FunctionSpec(
            "createLibrary",
            "Makes a content library: a local one, or one that follows another.",
            [
                Parameter(
                    "spec",
                    LuaType(VSphere.Operation.createLibrary.parameters[0].shape),
                    "name, description, type (LOCAL, or SUBSCRIBED), storage_backings, publish_info; "
                        + "subscription_info for one that follows; " + OperationText.mark
                )
            ],
            returns: Result("string", "the identifier of the new library"),
            errors: ["invalid_argument", "unsupported"] + ofEveryChange,
            example: """
                local store = listDatastores()[1].datastore
                print(createLibrary{ name = "new-{op}",
                  storage_backings = { { type = "DATASTORE", datastore_id = store } } })
                """,
            receivers: [.session],
            isChanging: true,
            waits: true
        ) { runtime, call in
            runtime.withArguments("createLibrary", 1, call) { steps, target in
                let isSubscribed = target.arguments.first?["type"]?.string == "SUBSCRIBED"
                let operation: VSphere.Operation =
                    isSubscribed ? .createSubscribedLibrary : .createLibrary
                steps.step(operation, target.arguments) { steps.end(with: .success($0)) }
            }
        },
        FunctionSpec(
            "deleteLibrary",
            "Deletes a content library with all its items.",
            [Parameter("library", "string", "the library's identifier")],
            returns: Result("nil", OperationText.nothing),
            errors: ["not_found", "invalid_element_type", "not_allowed_in_current_state"]
                + ofEveryChange,
            example: #"deleteLibrary(findLibraries{ name = "staging" }[1])"#,
            receivers: [.session],
            isChanging: true,
            waits: true
        ) { runtime, call in
            runtime.withArguments("deleteLibrary", 1, call) { steps, target in
                steps.library(target) { library in
                    let isSubscribed = library?["type"]?.string == "SUBSCRIBED"
                    let operation: VSphere.Operation =
                        isSubscribed ? .deleteSubscribedLibrary : .deleteLibrary
                    steps.step(operation, target.arguments) { steps.end(with: .success($0)) }
                }
            }
        },
        FunctionSpec(
            "publish",
            "Publishes a local library, or one item of it, to those who follow it; nothing tells afterwards whether "
                + "it did, and it can be made again.",
            [
                Parameter(
                    "object",
                    "vmoon.item|string",
                    "an item, or the identifier of a library or item"
                ),
                Parameter(
                    "options",
                    "{subscriptions: string[]?, force_sync_content: boolean?}",
                    "subscriptions: only to these (all); force_sync_content: the contents of an item too (true)",
                    isOptional: true
                ),
            ],
            returns: Result("nil", OperationText.nothing),
            errors: [
                "not_found", "invalid_argument", "invalid_element_type",
                "not_allowed_in_current_state", "error",
            ] + ofEveryChange,
            example: #"publish(findLibraries{ name = "golden" }[1])"#,
            receivers: [.session, .item],
            isChanging: true,
            waits: true
        ) { runtime, call in
            runtime.withArguments("publish", 2, call) { steps, target throws(VSphereError) in
                let options = try target.publishOptions(
                    "publish",
                    known: ["subscriptions", "force_sync_content"]
                )
                steps.kind(of: target) { isItem in
                    let spec = Publication.specification(options, ofItem: isItem, isSync: false)
                    steps.step(isItem ? .publishItem : .publish, [target.arguments[0]] + spec) {
                        _ in
                        steps.done()
                    }
                }
            }
        },
        FunctionSpec(
            "sync",
            "Brings a subscribed library, or one item of it, up to what is published; nothing tells afterwards "
                + "whether it did, and it can be made again.",
            [
                Parameter(
                    "object",
                    "vmoon.item|string",
                    "an item, or the identifier of a library or item"
                ),
                Parameter(
                    "options",
                    "{force_sync_content: boolean?}",
                    "force_sync_content: the contents of an item too (true)",
                    isOptional: true
                ),
            ],
            returns: Result("nil", OperationText.nothing),
            errors: [
                "not_found", "invalid_argument", "invalid_element_type",
                "not_allowed_in_current_state", "resource_inaccessible",
            ] + ofEveryChange,
            example: """
                local source = findLibraries{ name = "golden" }[1]
                local follower = createLibrary{ name = "follower", type = "SUBSCRIBED",
                  storage_backings = getLibrary(source).storage_backings,
                  subscription_info = { authentication_method = "NONE",
                    subscription_url = getLibrary(source).publish_info.publish_url } }
                publish(source)
                sync(follower)
                print(#listItems(follower))
                """,
            receivers: [.session, .item],
            isChanging: true,
            waits: true
        ) { runtime, call in
            runtime.withArguments("sync", 2, call) { steps, target throws(VSphereError) in
                let options = try target.publishOptions("sync", known: ["force_sync_content"])
                steps.kind(of: target) { isItem in
                    let spec =
                        isItem
                        ? Publication.specification(options, ofItem: true, isSync: true) : []
                    steps.step(isItem ? .syncItem : .sync, [target.arguments[0]] + spec) { _ in
                        steps.done()
                    }
                }
            }
        },
        FunctionSpec(
            "listSubscriptions",
            "Lists who follows a published library, or the library of an item.",
            [
                Parameter(
                    "object",
                    "vmoon.item|string",
                    "an item, or the identifier of a library or item"
                )
            ],
            returns: Result(
                LuaType(VSphere.Operation.listSubscriptions.result),
                "subscription, subscribed_library, subscribed_library_name, subscribed_library_vcenter_hostname"
            ),
            errors: [
                "not_found", "invalid_element_type", "not_allowed_in_current_state", "error",
            ],
            example: #"print(#listSubscriptions(findLibraries{ name = "golden" }[1]))"#,
            receivers: [.session, .item],
            waits: true
        ) { runtime, call in
            runtime.withArguments("listSubscriptions", 1, call) { steps, target in
                steps.kind(of: target) { isItem in
                    guard isItem else {
                        return steps.step(.listSubscriptions, target.arguments) {
                            steps.end(with: .success($0))
                        }
                    }
                    steps.step(.getItem, target.arguments) { item in
                        let library = ValueBuffer.values {
                            $0.put(item?["library_id"]?.string ?? "")
                        }
                        steps.step(.listSubscriptions, library) { steps.end(with: .success($0)) }
                    }
                }
            }
        },
    ]
}

/// The options of `publish` and `sync` on the wire.
private enum Publication {
    static func specification(_ options: Value?, ofItem isItem: Bool, isSync: Bool) -> [Value] {
        ValueBuffer.values { out in
            out.putRecord {
                var count = 0
                if isItem {
                    out.put("force_sync_content")
                    out.put(options?["force_sync_content"]?.boolean ?? true)
                    count += 1
                }
                if let named = options?["subscriptions"]?.elements, !isSync {
                    out.put("subscriptions")
                    out.putArray {
                        let all = Array(named)
                        for one in all {
                            out.putRecord {
                                out.put("subscription")
                                out.put(one)
                                return 1
                            }
                        }
                        return all.count
                    }
                    count += 1
                }
                return count
            }
        }
    }
}

extension Runtime.Target {
    /// The options behind the object.
    fileprivate func publishOptions(
        _ function: String,
        known: [String]
    ) throws(VSphereError) -> Value? {
        let arguments = Arguments(self.arguments, of: function)
        let options = try arguments.options(1, known: known)
        if let force = options?["force_sync_content"], force.kind != .nil, force.boolean == nil {
            throw arguments.misuse("options.force_sync_content must be true or false")
        }
        if let named = options?["subscriptions"], named.kind != .nil {
            guard named.kind == .array, named.elements.allSatisfy({ $0.string != nil }) else {
                throw arguments.misuse("options.subscriptions must be a list of identifiers")
            }
        }
        return options
    }
}

extension CallSequence {
    /// Finds out whether an identifier is an item's or a library's: an item object says so, an identifier is asked for.
    fileprivate func kind(of target: Runtime.Target, then next: @escaping (_ isItem: Bool) -> Void)
    {
        let id = target.arguments[0].string ?? ""
        guard target.item == nil else { return next(true) }
        guard !runtime.isPlaceholder(id) else { return next(id.contains("createTemplate")) }
        attempt(.getLibrary, [target.arguments[0]]) { result in
            switch result {
            case .success: next(false)
            case .failure(let error) where error.kind == .notFound: next(true)
            case .failure(let error): runtime.finish(pending, named(error))
            }
        }
    }

    /// Reads a library; nothing of one that is only planned.
    fileprivate func library(_ target: Runtime.Target, then next: @escaping (Value?) -> Void) {
        guard !runtime.isPlaceholder(target.arguments[0].string ?? "") else { return next(nil) }
        step(.getLibrary, target.arguments, then: next)
    }
}

extension Runtime {
    /// Starts the steps of a function, once its arguments are as many as it takes and its object is one.
    func withArguments(
        _ name: String,
        _ most: Int,
        _ call: HostCall,
        _ body: (CallSequence, Target) throws(VSphereError) -> Void
    ) -> Verdict {
        do throws(VSphereError) {
            let spec = FunctionSpec.named(name)
            try checkPolicy(name, isChanging: spec?.isChanging == true)
            let target = try self.target(of: call.arguments, for: name)
            let arguments = Arguments(target.arguments, of: name)
            guard target.arguments.dropFirst(most).allSatisfy({ $0.kind == .nil }) else {
                throw arguments.misuse(
                    "takes \(most) argument\(most == 1 ? "" : "s"), got \(target.arguments.count)"
                )
            }
            guard arguments[0] != nil else {
                throw arguments.misuse("\(spec?.parameters.first?.name ?? "") is missing")
            }
            let kept = target.arguments.prefix(most).filter { $0.kind != .nil }
            let given = Target(vcenter: target.vcenter, arguments: kept, item: target.item)
            var refusal: VSphereError?
            let verdict = waits(call) { pending in
                let steps = CallSequence(pending: pending, vcenter: target.vcenter, name: name)
                do throws(VSphereError) { try body(steps, given) } catch { refusal = error }
                if let refusal { finish(pending, refusal) }
            }
            return verdict
        } catch {
            return raise(error, in: call)
        }
    }
}

extension FunctionSpec {
    /// The function of a name; nil if there is none.
    static func named(_ name: String) -> FunctionSpec? { all.first { $0.name == name } }
}

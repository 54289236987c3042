internal import Transport

extension Call {
    /// The path of `release()`, after the dialect's prefix.
    static let releasePath = "/appliance/system/version"

    /// The release of the appliance: `version` and `build`, among others.
    ///
    /// Source: Appliance API, System Version, Get. No operation of vmoon's: scripts use `request`.
    public static func release() throws(VSphereError) -> Call {
        try Call(requesting: .get, path: releasePath)
    }
}

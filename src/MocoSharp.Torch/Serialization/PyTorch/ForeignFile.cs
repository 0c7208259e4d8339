namespace MocoSharp.Torch.Serialization.PyTorch;

/// <summary>What is said of a file that cannot be read.</summary>
internal static class ForeignFile
{
    private const int LongestName = 100;

    internal static TorchException Damaged(string what, Exception? inner = null) => new(TorchErrorIds.ForeignFile,
        $"this is no file of PyTorch that can be read: {what}", fix: "take another copy, or save it anew: torch.save(net.state_dict(), f)",
        inner: inner);

    /// <summary>A file that wants an object made.</summary>
    /// <param name="name">The class or function that it asks for.</param>
    internal static TorchException Refused(string name) => new(TorchErrorIds.ForeignObject,
        $"the file asks for {Plain(name)}: only tensors and plain containers are read, and nothing of a file is ever run",
        fix: "save the weights alone: torch.save(net.state_dict(), f)");

    // what a file says must not steer the terminal
    private static string Plain(string name) =>
        string.Concat(name.Take(LongestName).Select(static c => char.IsControl(c) ? '·' : c)) + (name.Length > LongestName ? "…" : "");
}

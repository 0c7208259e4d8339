namespace MocoSharp.Training;

/// <summary>What an encoder begins with in place of random weights. A path alone converts to it.</summary>
/// <param name="Path">The folder of a run, an encoder's file, or another program's file of weights.</param>
/// <param name="AdaptChannels">Whether weights for pictures of other channels are taken, the first layer's adapted; refused otherwise. For
/// one channel they are summed, so that a gray picture gives what it gave as three equal channels; for more they are repeated in order and
/// scaled by the channels in the file over those wanted, as timm does.</param>
public sealed record InitialEncoder(string Path, bool AdaptChannels = false)
{
    /// <summary>A path, with the file's channels as they are; null for null.</summary>
    public static implicit operator InitialEncoder?(string? path) => path is null ? null : new InitialEncoder(path);

    /// <summary>The same as the conversion.</summary>
    /// <param name="path">The folder of a run, or a file.</param>
    public static InitialEncoder? FromString(string? path) => path;
}

namespace MocoSharp.Encoders;

/// <summary>Which encoder. One with settings of its own has a record that derives from this one.</summary>
/// <param name="Name">A registered name, such as <c>resnet18</c> or <c>resnet18-small</c>; see <see cref="EncoderRegistry.Names"/>.</param>
/// <param name="Width">Factor on all channel counts, above 0; 1 is the paper's.</param>
/// <param name="Channels">Channels of the pictures: 3 RGB, 1 gray.</param>
/// <param name="BatchNormSplits">1: plain batch norm. More: training batches are normalized in this many parts, which stands in for as many
/// cards.</param>
/// <param name="Pooling">How the last map becomes features.</param>
/// <param name="Patches">The encoder sees a picture patch by patch, and its features are the mean over them; null for the whole
/// picture.</param>
public record EncoderOptions(
    string Name, [Bounds(0, 16, ExceptLeast = true)] double Width = 1, [Bounds(1, 256)] int Channels = 3,
    [Bounds(1, 1024)] int BatchNormSplits = 1,
    Pooling Pooling = Pooling.Average, PatchGrid? Patches = null)
{
    /// <summary>The same encoder with plain batch norm: its weights are the same.</summary>
    public EncoderOptions WithoutSplits => this with { BatchNormSplits = 1 };

    /// <summary>Whether splits of batch norm may be asked for.</summary>
    internal virtual bool HasBatchNorm => true;
}

/// <summary>Options of an encoder whose shape depends on the pictures' size.</summary>
/// <inheritdoc cref="EncoderOptions"/>
public record SizedEncoderOptions(
    string Name, [Bounds(0, 16, ExceptLeast = true)] double Width = 1, [Bounds(1, 256)] int Channels = 3,
    [Bounds(1, 1024)] int BatchNormSplits = 1,
    Pooling Pooling = Pooling.Average, [Bounds(1, 4096)] int Side = 96, PatchGrid? Patches = null)
    : EncoderOptions(Name, Width, Channels, BatchNormSplits, Pooling, Patches)
{
    /// <summary>Side of the pictures in pixels.</summary>
    public int Side { get; init; } = Side;
}

/// <summary>How a picture is cut into patches.</summary>
/// <param name="Side">Side of a patch in pixels.</param>
/// <param name="Stride">Step from patch to patch in pixels; below the side they overlap.</param>
public sealed record PatchGrid([Bounds(1, 4096)] int Side = 16, [Bounds(1, 4096)] int Stride = 8)
{
    /// <summary>Patches a row of a picture.</summary>
    /// <param name="pixels">The picture's side; at least a patch's.</param>
    public int Count(int pixels) => (pixels - Side) / Stride + 1;
}

/// <summary>How a map becomes a feature vector.</summary>
public enum Pooling
{
    /// <summary>The mean over the map.</summary>
    Average,

    /// <summary>The largest value over the map.</summary>
    Max,

    /// <summary>The largest values, then the means: twice as many features. fastai's order; timm's is the other way round.</summary>
    Concatenated,
}

namespace MocoSharp.Encoders;

/// <summary>Which encoder.</summary>
/// <param name="Name">A registered name, such as <c>resnet18</c> or <c>resnet18-small</c>; see <see cref="EncoderRegistry.Names"/>.</param>
/// <param name="Width">Factor on all channel counts, above 0; 1 is the paper's.</param>
/// <param name="Channels">Channels of the pictures: 3 RGB, 1 grey.</param>
/// <param name="BatchNormSplits">1: plain batch norm. More: training batches are normalised in this many parts, which stands in for as many cards.</param>
/// <param name="Pooling">How the last map becomes features.</param>
/// <param name="Side">Side of the pictures in pixels, for encoders whose shape depends on it: keras-cnn, dim-cnn, amdim.</param>
/// <param name="Depth">Layers a block, for encoders whose blocks are of any length: amdim, cpc-small; null for the paper's.</param>
/// <param name="Features">Numbers a picture, for encoders that end in a layer of any width: amdim; null for the paper's.</param>
/// <param name="Patches">The encoder sees a picture patch by patch, and its features are the mean over them; null for the whole picture.</param>
public sealed record EncoderOptions(string Name, double Width = 1, int Channels = 3, int BatchNormSplits = 1, Pooling Pooling = Pooling.Average, int Side = 96,
    int? Depth = null, int? Features = null, PatchGrid? Patches = null)
{
    /// <summary>The same encoder with plain batch norm: its weights are the same.</summary>
    public EncoderOptions WithoutSplits => this with { BatchNormSplits = 1 };

    internal void Check()
    {
        OptionException.Require(Width is > 0 and <= 16, nameof(Width), Width, "a factor above 0 and up to 16");
        OptionException.Require(Channels >= 1, nameof(Channels), Channels, "1 or more");
        OptionException.Require(BatchNormSplits >= 1, nameof(BatchNormSplits), BatchNormSplits, "1 or more");
        OptionException.Require(Depth is null or >= 1, nameof(Depth), Depth, "1 or more");
        OptionException.Require(Features is null or >= 1, nameof(Features), Features, "1 or more");
        if (Patches is { } patches) OptionException.Require(patches.Side >= 1 && patches.Stride >= 1, nameof(Patches), $"{patches.Side} by {patches.Stride}", "a side and a stride of 1 or more");
    }
}

/// <summary>How a picture is cut into patches.</summary>
/// <param name="Side">Side of a patch in pixels.</param>
/// <param name="Stride">Step from patch to patch in pixels; below the side they overlap.</param>
public sealed record PatchGrid(int Side = 16, int Stride = 8)
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

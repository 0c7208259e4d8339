using Microsoft.Extensions.VectorData;

namespace SearchService;

/// <summary>A picture of the collection.</summary>
public sealed class Picture
{
    /// <summary>Its path below the folder.</summary>
    [VectorStoreKey]
    public string Name { get; init; } = "";

    /// <summary>What the encoder makes of it; a ResNet-18 gives 512 numbers.</summary>
    [VectorStoreVector(512)]
    public ReadOnlyMemory<float> Vector { get; init; }
}

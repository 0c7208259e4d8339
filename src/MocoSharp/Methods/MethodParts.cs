using MocoSharp.Encoders;

namespace MocoSharp.Methods;

/// <summary>What a method is built from.</summary>
/// <param name="options">The recipe's encoder.</param>
/// <param name="pictures">Training pictures, 1 or more: rows of a memory bank.</param>
public sealed class MethodParts(EncoderOptions options, int pictures)
{
    /// <summary>Training pictures.</summary>
    public int Pictures => pictures;

    /// <summary>The recipe's encoder.</summary>
    public EncoderOptions Options => options;

    /// <summary>An encoder of the recipe's shape with fresh weights, another one at each call.</summary>
    public Encoder Encoder() => EncoderRegistry.Create(options);
}

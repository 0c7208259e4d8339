using MocoSharp.Encoders;

namespace MocoSharp.Methods;

/// <summary>What a method is built from.</summary>
/// <param name="options">The recipe's encoder.</param>
/// <param name="pictures">Training pictures, 1 or more: rows of a memory bank.</param>
/// <param name="batch">Pictures a step; 0 where nobody trains.</param>
public sealed class MethodParts(EncoderOptions options, int pictures, int batch = 0)
{
    /// <summary>Pictures a step; 0 where nobody trains.</summary>
    public int Batch => batch;

    /// <summary>Training pictures.</summary>
    public int Pictures => pictures;

    /// <summary>The recipe's encoder.</summary>
    public EncoderOptions Options => options;

    /// <summary>The run's folder, where methods find files that were made for them; null where there is no run.</summary>
    public string? Folder { get; init; }

    /// <summary>The encoder that another method has, where both are to learn the same one; null for encoders of their own.</summary>
    internal Encoder? Shared { get; init; }

    /// <summary>An encoder of the recipe's shape with fresh weights, another one at each call.</summary>
    public Encoder Encoder() => Shared ?? EncoderRegistry.Create(options);
}

namespace MocoSharp.Methods.Rotation;

/// <summary>Settings of <see cref="RotationPrediction"/>.</summary>
/// <param name="HiddenFeatures">Sizes of the hidden layers between features and the four answers; none in the paper.</param>
public sealed record RotationOptions([Bounds(1, 16384)] IReadOnlyList<int>? HiddenFeatures = null) : MethodOptions;

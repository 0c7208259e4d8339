namespace MocoSharp.Imaging.Augment;

/// <summary>The choice of an operation that draws nothing.</summary>
public readonly record struct NoChoice;

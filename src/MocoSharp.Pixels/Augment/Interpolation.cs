namespace MocoSharp.Imaging.Augment;

/// <summary>How new pixels are weighed from old ones. Both widen their kernel when they shrink, so there is no aliasing.</summary>
public enum Interpolation
{
    /// <summary>A triangle over 2 pixels.</summary>
    Bilinear,

    /// <summary>Keys' cubic with a = −0.5 over 4 pixels; what overshoots is cut back to [0, 1].</summary>
    Bicubic,
}

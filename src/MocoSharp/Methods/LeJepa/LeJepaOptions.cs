namespace MocoSharp.Methods.LeJepa;

/// <summary>Settings of <see cref="LeJepa"/>. The defaults are the paper's recommendation and the original code's.</summary>
/// <param name="GlobalViews">The first so many views are global, and their mean is what all views predict; 2, and as many as there are
/// views where none is local.</param>
/// <param name="NormalityWeight">λ, 0 to 1: the share of the normality test in the loss, 1 − λ is that of the prediction; 0.05, 0.02 for
/// few views.</param>
/// <param name="ProjectionFeatures">D, numbers a projection; 64.</param>
/// <param name="HiddenFeatures">Width of the projector's two hidden layers; 2,048.</param>
/// <param name="Directions">M, random directions along which normality is tested, new ones for each batch; 1,024 in the paper, 256 in the
/// original's minimal example.</param>
/// <param name="Knots">Places at which the characteristic functions are compared, from 0 on; 17.</param>
/// <param name="Reach">The last of them; 3 in the original's code. The paper's 17 from −5 to 5 are 9 up to 5.</param>
public sealed record LeJepaOptions(
    [Bounds(1, 64)] int GlobalViews = 2, [Bounds(0, 1)] double NormalityWeight = 0.05, [Bounds(1, 16384)] int ProjectionFeatures = 64,
    [Bounds(1, 16384)] int HiddenFeatures = 2048, [Bounds(1, 65536)] int Directions = 1024, [Bounds(2, 1000)] int Knots = 17,
    [Bounds(0, 100, ExceptLeast = true)] double Reach = 3) : MethodOptions;

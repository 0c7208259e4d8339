namespace MocoSharp.Methods.Distillation;

/// <summary>Settings of <see cref="FeatureRegression"/>.</summary>
/// <param name="TeacherFeatures">D, numbers a picture that the teacher gives; <c>moco distil</c> sets it.</param>
/// <param name="HiddenLayers">3: the four layers of the paper's best head, as wide as the encoder's features and twice that in turn. 1: two
/// layers. 0: one linear layer.</param>
/// <param name="Teacher">The file of the teacher's numbers; a path that is not whole is below the run's folder.</param>
public sealed record FeatureRegressionOptions(
    [Bounds(1, 65536)] int TeacherFeatures, [Bounds(0, 3)] int HiddenLayers = 3, string Teacher = TeacherFile.Name)
    : MethodOptions, ITaughtOptions;

namespace MocoSharp.Methods.Distillation;

/// <summary>Settings of <see cref="SoftLabels"/>.</summary>
/// <param name="TeacherFeatures">C, the teacher's classes; <c>moco distil</c> sets it.</param>
/// <param name="Temperature">τ of both networks' logits, above 0: the higher, the more the unlikely classes count; 1.</param>
/// <param name="Teacher">The file of the teacher's logits; a path that is not whole is below the run's folder.</param>
public sealed record SoftLabelsOptions(
    [Bounds(1, 65536)] int TeacherFeatures, [Bounds(0, 100, ExceptLeast = true)] double Temperature = 1, string Teacher = TeacherFile.Name)
    : MethodOptions, ITaughtOptions;

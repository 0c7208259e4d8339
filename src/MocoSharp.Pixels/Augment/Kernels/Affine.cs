using System.Runtime.Intrinsics;

namespace MocoSharp.Imaging.Augment.Kernels;

/// <summary>scale · x + shift, rounded once.</summary>
internal readonly record struct Affine(float Scale, float Shift)
{
    public float Of(float x) => MathF.FusedMultiplyAdd(x, Scale, Shift);

    public Vector128<float> Of(Vector128<float> x) => Vector128.FusedMultiplyAdd(x, Vector128.Create(Scale), Vector128.Create(Shift));

    public Vector512<float> Of(Vector512<float> x) => Vector512.FusedMultiplyAdd(x, Vector512.Create(Scale), Vector512.Create(Shift));
}

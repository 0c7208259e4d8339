using MocoSharp.Encoders;
using MocoSharp.Methods.Blocks;
using MocoSharp.Torch;
using MocoSharp.Torch.Layers;
using static MocoSharp.Torch.Functional;

namespace MocoSharp.Methods.Distillation;

/// <summary>SimReg: a head behind the student gives the teacher's features of the same picture. The head is thrown away.</summary>
/// <remarks>Navaneet et al. 2021, arXiv:2201.05131: the squared distance on the unit sphere, 2 − 2 cos, as in UCDvision/simreg at 43fb804
/// with its cached features; the head is its mlp_arch.py of four layers at 8f9c8e5, without batch norm and ReLU behind the second. The
/// teacher sees each picture once, whole, and the student a view of it.</remarks>
[Method("feature-regression", typeof(FeatureRegressionOptions))]
public sealed class FeatureRegression : Method
{
    private readonly ProjectionNetwork _student;
    private readonly TeacherRows _teacher;

    /// <summary>Builds the student and its head.</summary>
    public FeatureRegression(MethodParts parts, FeatureRegressionOptions options)
    {
        _teacher = new TeacherRows(parts, options.InBounds());
        _student = Register("student", new ProjectionNetwork(parts.Encoder(), features => HeadOf(features, options)));
    }

    /// <inheritdoc/>
    public override Encoder Encoder => _student.Encoder;

    /// <inheritdoc/>
    public override Layer? Head => _student.Head;

    /// <inheritdoc/>
    public override int Views => 1;

    /// <inheritdoc/>
    public override bool CanValidate => false;

    /// <inheritdoc/>
    public override StepResult Step(Batch batch)
    {
        Tensor student = _student.Forward(batch.View(0));                                    // [N, D]
        return new StepResult(2 - 2 * MeanCosine.Of(student, _teacher.Of(batch, student)));
    }

    /// <inheritdoc/>
    public override Tensor Project(Tensor pictures) => Normalize(_student.Forward(pictures));

    private static Sequential HeadOf(int features, FeatureRegressionOptions options)
    {
        Sequential head = new();
        int inputs = features;
        for (int layer = 0; layer < options.HiddenLayers; layer++)
        {
            int width = layer % 2 == 0 ? 2 * features : features;
            head.Add(new Linear(inputs, width));
            if (layer != 1)
            {
                head.Add(new BatchNorm1d(width));
                head.Add(new Relu());
            }
            inputs = width;
        }
        head.Add(new Linear(inputs, options.TeacherFeatures));
        return head;
    }
}

namespace MocoSharp.Methods.Dino;

/// <summary>Settings of <see cref="Dino"/>. The defaults are the original's on ImageNet.</summary>
/// <param name="Outputs">K, outputs of the head; 65,536. 2,048 to 4,096 for small sets.</param>
/// <param name="BottleneckFeatures">D, numbers in front of the last layer; 256.</param>
/// <param name="HiddenFeatures">Width of the head's two hidden layers; 2,048.</param>
/// <param name="HeadNorm">Batch norm in the head, which helps convolutional encoders on small sets.</param>
/// <param name="LearnedLengths">Let the lengths of the last layer's rows be learned; they are 1 otherwise, which is steadier.</param>
/// <param name="StudentTemperature">Of the student, above 0; 0.1.</param>
/// <param name="TeacherTemperature">Of the teacher, above 0; 0.04 to 0.07. Lower where the loss stays at ln K.</param>
/// <param name="FirstTeacherTemperature">Of the teacher in the first epoch; 0.04.</param>
/// <param name="TeacherWarmUpEpochs">Epochs in which the teacher's temperature goes in equal steps from its first to its last value; 0: the
/// last all along, 30 in the original's longer runs.</param>
/// <param name="CenterMomentum">The share of the center that stays at each step, 0 to 1; 0.9.</param>
/// <param name="TeacherMomentum">m, the share of the teacher that stays at the first update, 0 to 1; it rises to 1 by half a cosine. 0.996,
/// 0.9995 for batches of 256, 0.99 for small sets.</param>
/// <param name="FrozenEpochs">Epochs in which the last layer stands still; 1.</param>
public sealed record DinoOptions(
    [Bounds(2, 1_000_000)] int Outputs = 65_536, [Bounds(1, 16384)] int BottleneckFeatures = 256,
    [Bounds(1, 16384)] int HiddenFeatures = 2048, bool HeadNorm = false, bool LearnedLengths = false,
    [Bounds(0, 100, ExceptLeast = true)] double StudentTemperature = 0.1,
    [Bounds(0, 100, ExceptLeast = true)] double TeacherTemperature = 0.04,
    [Bounds(0, 100, ExceptLeast = true)] double FirstTeacherTemperature = 0.04,
    [Bounds(0, 1_000_000)] int TeacherWarmUpEpochs = 0, [Bounds(0, 1)] double CenterMomentum = 0.9,
    [Bounds(0, 1)] double TeacherMomentum = 0.996, [Bounds(0, 1_000_000)] int FrozenEpochs = 1) : MethodOptions
{
    /// <summary>The teacher's temperature.</summary>
    /// <param name="epoch">Counted from 0.</param>
    internal double TeacherTemperatureAt(int epoch) => epoch >= TeacherWarmUpEpochs ? TeacherTemperature
        : FirstTeacherTemperature + (TeacherTemperature - FirstTeacherTemperature) * epoch / Math.Max(1, TeacherWarmUpEpochs - 1);

    /// <summary>m behind an update.</summary>
    /// <param name="clock">Its update is counted already.</param>
    internal double TeacherMomentumAt(TrainingClock clock)
    {
        double done = (double)(clock.Step - 1) / ((long)clock.StepsPerEpoch * clock.Epochs);
        return 1 - (1 - TeacherMomentum) * (1 + Math.Cos(Math.PI * Math.Clamp(done, 0, 1))) / 2;
    }
}

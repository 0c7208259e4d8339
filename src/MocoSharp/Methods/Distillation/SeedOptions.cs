using MocoSharp.Methods.Blocks;

namespace MocoSharp.Methods.Distillation;

/// <summary>Settings of <see cref="Seed"/>. The defaults are the paper's.</summary>
/// <param name="TeacherFeatures">D, numbers a picture that the teacher gives; <c>moco distil</c> sets it.</param>
/// <param name="QueueLength">K, the teacher's newest numbers that pictures are compared with; the batch size or more. 0 leaves it to the
/// number of pictures: a quarter of them, 16,384 at most.</param>
/// <param name="Temperature">τ of the student's similarities, above 0; 0.2.</param>
/// <param name="TeacherTemperature">τ of the teacher's, above 0: the lower, the more the picture itself counts and the less those like it;
/// 0.01.</param>
/// <param name="Teacher">The file of the teacher's numbers; a path that is not whole is below the run's folder.</param>
public sealed record SeedOptions(
    [Bounds(1, 65536)] int TeacherFeatures, [Bounds(0, 4_000_000)] int QueueLength = 65536,
    [Bounds(0, 100, ExceptLeast = true)] double Temperature = 0.2, [Bounds(0, 100, ExceptLeast = true)] double TeacherTemperature = 0.01,
    string Teacher = TeacherFile.Name) : MethodOptions, ITaughtOptions
{
    /// <inheritdoc/>
    public override void Check(int batchSize)
    {
        if (!FollowsPictures) KeyQueue.LongEnough(QueueLength, batchSize);
    }

    /// <inheritdoc/>
    internal override bool FollowsPictures => QueueLength == 0;

    /// <inheritdoc/>
    internal override MethodOptions ForPictures(int pictures, int batchSize) =>
        QueueLength >= batchSize && QueueLength > 0 && QueueLength <= pictures / 2 ? this
            : this with { QueueLength = FittingMemory(QueueLength, pictures, batchSize) };
}

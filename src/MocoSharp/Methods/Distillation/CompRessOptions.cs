using MocoSharp.Methods.Blocks;

namespace MocoSharp.Methods.Distillation;

/// <summary>Settings of <see cref="CompRess"/>. The defaults are those of the authors' code.</summary>
/// <param name="TeacherFeatures">D, numbers a picture that the teacher gives; <c>moco distil</c> sets it.</param>
/// <param name="QueueLength">K, pictures in each of the two memories; the batch size or more. 0 leaves it to the number of pictures: a
/// quarter of them, 16,384 at most.</param>
/// <param name="Temperature">τ of both networks' similarities, above 0; 0.04.</param>
/// <param name="KeyMomentum">m, 0 to 1, of the network whose numbers enter the student's memory; 0.999.</param>
/// <param name="Teacher">The file of the teacher's numbers; a path that is not whole is below the run's folder.</param>
public sealed record CompRessOptions(
    [Bounds(1, 65536)] int TeacherFeatures, [Bounds(0, 4_000_000)] int QueueLength = 128_000,
    [Bounds(0, 100, ExceptLeast = true)] double Temperature = 0.04, [Bounds(0, 1)] double KeyMomentum = 0.999,
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

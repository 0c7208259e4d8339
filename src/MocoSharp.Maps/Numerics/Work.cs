namespace MocoSharp.Maps.Numerics;

/// <summary>How work is shared out: in pieces whose size does not depend on the number of threads, so that neither do results.</summary>
/// <param name="Threads">1 or more.</param>
/// <param name="Cancel">Stops between pieces.</param>
internal readonly record struct Work(int Threads, CancellationToken Cancel)
{
    /// <summary>Rows of a piece where nothing asks for another number.</summary>
    internal const int Piece = 2048;

    /// <summary>Calls the body with each piece of 0 … count − 1: its start, its end, its number.</summary>
    internal void Pieces(int count, int size, Action<int, int, int> body) =>
        Each((int)(((long)count + size - 1) / size), piece => body(piece * size, (int)Math.Min(count, ((long)piece + 1) * size), piece));

    /// <summary>Calls the body with 0 … count − 1.</summary>
    internal void Each(int count, Action<int> body)
    {
        if (Threads > 1 && count > 1)
        {
            _ = Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = Threads, CancellationToken = Cancel }, body);
            return;
        }
        for (int i = 0; i < count; i++)
        {
            Cancel.ThrowIfCancellationRequested();
            body(i);
        }
    }

    /// <summary>The sum of one number a piece, added in the order of the pieces.</summary>
    internal double Sum(int count, int size, Func<int, int, double> body)
    {
        double[] parts = new double[(count + size - 1) / size];
        Pieces(count, size, (start, end, piece) => parts[piece] = body(start, end));
        double sum = 0;
        foreach (double part in parts) sum += part;
        return sum;
    }
}

namespace MocoSharp.Evaluation.Segmentation;

/// <summary>Gives each row a column of its own so that the sum of gains is as large as can be.</summary>
/// <remarks>Kuhn 1955, Munkres 1957, with a price for each row and column: cubic in the number of rows.</remarks>
internal static class Assignment
{
    /// <summary>Finds the best pairs.</summary>
    /// <param name="gains">[rows, columns], finite.</param>
    /// <returns>Each row's column; −1 for rows that no column is left for.</returns>
    internal static int[] Largest(double[,] gains)
    {
        (int rows, int columns) = (gains.GetLength(0), gains.GetLength(1));
        if (rows <= columns) return Solve(rows, columns, (row, column) => -gains[row, column]);
        int[] result = [.. Enumerable.Repeat(-1, rows)];
        foreach ((int column, int row) in Solve(columns, rows, (column, row) => -gains[row, column]).Index()) result[row] = column;
        return result;
    }

    // Numbers count from 1; column 0 stands for the row that has none yet.
    private static int[] Solve(int rows, int columns, Func<int, int, double> cost)
    {
        double[] rowPrice = new double[rows + 1], columnPrice = new double[columns + 1];
        int[] rowOf = new int[columns + 1];
        for (int row = 1; row <= rows; row++)
        {
            rowOf[0] = row;
            int[] cameFrom = new int[columns + 1];
            int end = Search(rowOf, rowPrice, columnPrice, cameFrom, cost);
            while (end != 0) (rowOf[end], end) = (rowOf[cameFrom[end]], cameFrom[end]);
        }
        int[] columnOf = new int[rows];
        for (int column = 1; column <= columns; column++)
            if (rowOf[column] > 0) columnOf[rowOf[column] - 1] = column - 1;
        return columnOf;
    }

    // The cheapest way from the row without a column to a column without a row, over pairs that change.
    private static int Search(int[] rowOf, double[] rowPrice, double[] columnPrice, int[] cameFrom, Func<int, int, double> cost)
    {
        int columns = columnPrice.Length - 1, at = 0;
        double[] least = [.. Enumerable.Repeat(double.PositiveInfinity, columns + 1)];
        bool[] seen = new bool[columns + 1];
        do
        {
            seen[at] = true;
            int row = rowOf[at], next = 0;
            double step = double.PositiveInfinity;
            for (int column = 1; column <= columns; column++)
            {
                if (seen[column]) continue;
                double reduced = cost(row - 1, column - 1) - rowPrice[row] - columnPrice[column];
                if (reduced < least[column]) (least[column], cameFrom[column]) = (reduced, at);
                if (least[column] < step) (step, next) = (least[column], column);
            }
            for (int column = 0; column <= columns; column++)
            {
                if (!seen[column])
                {
                    least[column] -= step;
                    continue;
                }
                rowPrice[rowOf[column]] += step;
                columnPrice[column] -= step;
            }
            at = next;
        }
        while (rowOf[at] != 0);
        return at;
    }
}

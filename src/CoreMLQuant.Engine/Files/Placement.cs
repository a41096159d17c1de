using System;
using System.IO;
using CoreMLQuant.Errors;
using CoreMLQuant.Files.Native;

namespace CoreMLQuant.Files;

/// <summary>
/// Puts a finished file or folder into its place: in one step where nothing is there or the file system can exchange two names, else in two.
/// </summary>
/// <param name="content">What is finished; on the same file system.</param>
/// <param name="destination">Its place.</param>
/// <param name="aside">Where the old one waits while the new one takes its place, on a file system that cannot exchange them.</param>
internal sealed class Placement(string content, string destination, string aside)
{
    private const int MaxAttempts = 8;

    /// <summary>Gives the new model its name, and says how to take it away again.</summary>
    /// <param name="overwrite">Whether something that stands there may be replaced.</param>
    /// <exception cref="DestinationExistsException">Something is there and may not be replaced.</exception>
    /// <exception cref="IOException">It cannot be renamed; the destination is as it was.</exception>
    public Action Place(bool overwrite)
    {
        // Another run may put something there, or take it away, at any moment: look again, but not for ever.
        for (int attempt = 1; ; attempt++)
        {
            if (Renaming.TryMove(content, destination))
            {
                return () => Renaming.TryMove(destination, content);
            }

            if (!overwrite)
            {
                throw new DestinationExistsException(destination);
            }

            if (Renaming.TryExchange(content, destination))
            {
                return () => Renaming.TryExchange(content, destination);
            }

            if (File.Exists(content) && !Directory.Exists(destination))
            {
                Renaming.Replace(content, destination);
                return () => { };
            }

            if (PlaceInTwoSteps() is { } undo)
            {
                return undo;
            }

            if (attempt == MaxAttempts)
            {
                throw new IOException($"'{destination}' is being replaced by other runs at the same time.");
            }
        }
    }

    // Between the two renames there is no destination; a crash there leaves the old model to be put back by the next run.
    private Action? PlaceInTwoSteps()
    {
        if (!Renaming.TryMove(destination, aside))
        {
            return null;
        }

        bool placed = false;
        try
        {
            placed = Renaming.TryMove(content, destination);
        }
        finally
        {
            if (!placed)
            {
                Renaming.TryMove(aside, destination);
            }
        }

        return !placed ? null : () =>
        {
            Renaming.TryMove(destination, content);
            Renaming.TryMove(aside, destination);
        };
    }
}

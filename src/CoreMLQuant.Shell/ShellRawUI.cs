using System;
using System.IO;
using System.Management.Automation.Host;

namespace CoreMLQuant.Shell;

/// <summary>The screen as far as formatting needs it: its width. 120 columns where output goes to a file or a pipe.</summary>
internal sealed class ShellRawUI : PSHostRawUserInterface
{
    private const int DefaultWidth = 120;
    private const int DefaultHeight = 50;

    private static readonly Size Screen = Measure();

    /// <inheritdoc/>
    public override Size BufferSize { get; set; } = Screen;

    /// <inheritdoc/>
    public override Size WindowSize { get; set; } = Screen;

    /// <inheritdoc/>
    public override Size MaxWindowSize => Screen;

    /// <inheritdoc/>
    public override Size MaxPhysicalWindowSize => Screen;

    /// <inheritdoc/>
    public override ConsoleColor ForegroundColor { get; set; } = ConsoleColor.Gray;

    /// <inheritdoc/>
    public override ConsoleColor BackgroundColor { get; set; } = ConsoleColor.Black;

    /// <inheritdoc/>
    public override Coordinates CursorPosition { get; set; }

    /// <inheritdoc/>
    public override Coordinates WindowPosition { get; set; }

    /// <inheritdoc/>
    public override int CursorSize { get; set; }

    /// <inheritdoc/>
    public override string WindowTitle { get; set; } = string.Empty;

    /// <inheritdoc/>
    public override bool KeyAvailable => false;

    /// <inheritdoc/>
    public override KeyInfo ReadKey(ReadKeyOptions options) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void FlushInputBuffer()
    {
    }

    /// <inheritdoc/>
    public override BufferCell[,] GetBufferContents(Rectangle rectangle) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetBufferContents(Coordinates origin, BufferCell[,] contents) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetBufferContents(Rectangle rectangle, BufferCell fill) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void ScrollBufferContents(Rectangle source, Coordinates destination, Rectangle clip, BufferCell fill) =>
        throw new NotSupportedException();

    private static Size Measure()
    {
        try
        {
            int width = Console.IsOutputRedirected ? 0 : Console.WindowWidth;
            return new Size(width > 0 ? width : DefaultWidth, DefaultHeight);
        }
        catch (IOException)
        {
            return new Size(DefaultWidth, DefaultHeight);
        }
    }
}

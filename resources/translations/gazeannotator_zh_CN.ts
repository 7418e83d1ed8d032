<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>AboutDialog</name>
    <message>
        <source>About GazeAnnotator</source>
        <translation>关于 GazeAnnotator</translation>
    </message>
    <message>
        <source>Version {version}</source>
        <translation>版本 {version}</translation>
    </message>
    <message>
        <source>Read endoscopic images with an eye tracker, and train networks that look where you look.</source>
        <translation>用眼动仪记录内镜阅片，训练与您关注同一处的网络。</translation>
    </message>
    <message>
        <source>A research tool. Not for clinical use.</source>
        <translation>科研工具，不用于临床诊疗。</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>许可证</translation>
    </message>
    <message>
        <source>Stands on</source>
        <translation>基于</translation>
    </message>
    <message>
        <source>Cite as</source>
        <translation>引用格式</translation>
    </message>
    <message>
        <source>Copy citation</source>
        <translation>复制引用</translation>
    </message>
</context>
<context>
    <name>AccuracyCheck</name>
    <message>
        <source>Check accuracy…</source>
        <translation>检查准确度…</translation>
    </message>
    <message>
        <source>Dots to look at, full screen, for about 20 seconds.</source>
        <translation>全屏显示若干注视点，约 20 秒。</translation>
    </message>
    <message>
        <source>Screen of the check</source>
        <translation>用于检查的屏幕</translation>
    </message>
</context>
<context>
    <name>AccuracyNote</name>
    <message>
        <source>Accuracy {value}</source>
        <translation>准确度 {value}</translation>
    </message>
    <message>
        <source>precision {precision}, data loss {loss}</source>
        <translation>精密度 {precision}，数据丢失率 {loss}</translation>
    </message>
    <message>
        <source>checked at {time}</source>
        <translation>检查时间 {time}</translation>
    </message>
</context>
<context>
    <name>Alarms</name>
    <message>
        <source>The eye tracker was set up anew and is not validated yet.</source>
        <translation>眼动仪设置已更改，尚未重新验证。</translation>
    </message>
    <message>
        <source>Accuracy {found:.1f}°: the study allows {limit:g}°.</source>
        <translation>准确度为 {found:.1f}°，本研究要求不超过 {limit:g}°。</translation>
    </message>
    <message>
        <source>The drift check did not find the eyes.</source>
        <translation>漂移检查时未检测到眼睛。</translation>
    </message>
    <message>
        <source>The drift check found {found:.1f}°: the study allows {limit:g}°.</source>
        <translation>漂移检查测得偏差 {found:.1f}°，本研究要求不超过 {limit:g}°。</translation>
    </message>
    <message>
        <source>The eyes did not rest during the drift check.</source>
        <translation>漂移检查时视线未稳定注视。</translation>
    </message>
    <message>
        <source>Eyes not found: sit upright</source>
        <translation>未检测到眼睛，请坐正</translation>
    </message>
    <message>
        <source>You have come closer: sit back a little</source>
        <translation>您离屏幕近了，请稍向后坐</translation>
    </message>
    <message>
        <source>You are further away: come a little closer</source>
        <translation>您离屏幕远了，请稍向前坐</translation>
    </message>
    <message>
        <source>{share:.0f} % of the samples of the last seconds are lost.</source>
        <translation>最近几秒有 {share:.0f}% 的采样点丢失。</translation>
    </message>
    <message>
        <source>The reader is {cm:.0f} cm closer than before.</source>
        <translation>阅片者比之前近了 {cm:.0f} cm。</translation>
    </message>
    <message>
        <source>The reader is {cm:.0f} cm further away than before.</source>
        <translation>阅片者比之前远了 {cm:.0f} cm。</translation>
    </message>
</context>
<context>
    <name>Application</name>
    <message>
        <source>The default settings are used.</source>
        <translation>现使用默认设置。</translation>
    </message>
    <message>
        <source>The default settings are used. The old file is kept as {file}.</source>
        <translation>现使用默认设置。原文件已保留为 {file}。</translation>
    </message>
    <message>
        <source>The settings could not be read: {reason}</source>
        <translation>无法读取设置：{reason}</translation>
    </message>
    <message>
        <source>This screen is smaller than 1024 × 768.</source>
        <translation>此屏幕小于 1024 × 768。</translation>
    </message>
    <message>
        <source>Everything works, but images are small and pages need scrolling.</source>
        <translation>功能不受影响，但图像较小，页面需要滚动。</translation>
    </message>
</context>
<context>
    <name>BuildDialog</name>
    <message>
        <source>Finds fixations in the gaze of {study}, makes heatmaps, and splits the images by patient.</source>
        <translation>从“{study}”的眼动数据中提取注视点，生成热图，并按患者划分图像。</translation>
    </message>
    <message>
        <source>Build a data set</source>
        <translation>构建数据集</translation>
    </message>
    <message>
        <source>Build</source>
        <translation>构建</translation>
    </message>
    <message>
        <source>Save the data set as</source>
        <translation>数据集另存为</translation>
    </message>
    <message>
        <source>Save as</source>
        <translation>保存为</translation>
    </message>
    <message>
        <source>An older file of that name is replaced when the new one is whole.</source>
        <translation>新文件完整写好后才会替换同名旧文件。</translation>
    </message>
    <message>
        <source>Correct the marked fields.</source>
        <translation>请更正标出的各项。</translation>
    </message>
    <message>
        <source>Building the data set</source>
        <translation>正在构建数据集</translation>
    </message>
    <message>
        <source>Image size</source>
        <translation>图像尺寸</translation>
    </message>
    <message>
        <source>Side of the square that every image is fitted into.</source>
        <translation>每幅图像缩放到此边长的正方形内。</translation>
    </message>
    <message>
        <source>Heatmap blur (σ)</source>
        <translation>热图模糊（σ）</translation>
    </message>
    <message>
        <source>About the size of sharp vision: 1 degree is usual.</source>
        <translation>约为中央凹清晰视野的大小，常用 1 度。</translation>
    </message>
    <message>
        <source>Most gaze lost</source>
        <translation>数据丢失率上限</translation>
    </message>
    <message>
        <source>Readings that lost a larger share of samples are left out.</source>
        <translation>数据丢失率超过此值的阅片记录不采用。</translation>
    </message>
    <message>
        <source>Fixations by</source>
        <translation>注视点算法</translation>
    </message>
    <message>
        <source>adapted to the noise</source>
        <translation>随噪声自适应</translation>
    </message>
    <message>
        <source>velocity (I-VT)</source>
        <translation>速度阈值（I-VT）</translation>
    </message>
    <message>
        <source>dispersion (I-DT)</source>
        <translation>离散度阈值（I-DT）</translation>
    </message>
    <message>
        <source>Largest tracker error</source>
        <translation>眼动仪误差上限</translation>
    </message>
    <message>
        <source>Readings of sessions with a larger error are left out.</source>
        <translation>误差更大的阅片会话不采用。</translation>
    </message>
    <message>
        <source>Only sessions whose tracker was validated</source>
        <translation>仅采用眼动仪经过校准验证的会话</translation>
    </message>
    <message>
        <source>Split</source>
        <translation>划分</translation>
    </message>
    <message>
        <source>Training / validation / test, in percent, by patient.</source>
        <translation>训练集/验证集/测试集的百分比，按患者划分。</translation>
    </message>
    <message>
        <source>Seed of the split</source>
        <translation>划分的随机种子</translation>
    </message>
    <message>
        <source>The same seed gives the same split.</source>
        <translation>种子相同，划分相同。</translation>
    </message>
</context>
<context>
    <name>Calibrating</name>
    <message>
        <source>The eye tracker is not connected any more.</source>
        <translation>眼动仪已断开连接。</translation>
    </message>
    <message>
        <source>Connect it on the eye tracker&apos;s page.</source>
        <translation>请在“眼动仪”页面重新连接。</translation>
    </message>
</context>
<context>
    <name>CalibrationPage</name>
    <message>
        <source>Calibrated</source>
        <translation>校准完成</translation>
    </message>
    <message>
        <source>Only the left eye is calibrated</source>
        <translation>仅左眼完成校准</translation>
    </message>
    <message>
        <source>Only the right eye is calibrated</source>
        <translation>仅右眼完成校准</translation>
    </message>
    <message>
        <source>The calibration did not succeed</source>
        <translation>校准未成功</translation>
    </message>
    <message>
        <source>Next: how accurate the gaze is now, at other points.</source>
        <translation>下一步：在另一些点上测量校准后的注视准确度。</translation>
    </message>
    <message>
        <source>Press Space to check the accuracy</source>
        <translation>按空格键检查准确度</translation>
    </message>
    <message>
        <source>Sit upright, keep glasses clean, no light into the eyes.</source>
        <translation>请坐直，保持眼镜洁净，避免强光直射眼睛。</translation>
    </message>
    <message>
        <source>Press K to calibrate once more</source>
        <translation>按 K 键重新校准</translation>
    </message>
    <message>
        <source>It did not go well at point {points}: press the number to repeat it.</source>
        <translation>第 {points} 点效果不佳：按其编号可重做该点。</translation>
    </message>
    <message>
        <source>, </source>
        <translation>、</translation>
    </message>
    <message>
        <source>Press {number} to repeat the point, or Space to check the accuracy</source>
        <translation>按 {number} 重做该点，或按空格键检查准确度</translation>
    </message>
    <message>
        <source>Repeat a single point</source>
        <translation>重做某一个点</translation>
    </message>
    <message>
        <source>Calibrate once more</source>
        <translation>重新校准</translation>
    </message>
    <message>
        <source>Leave</source>
        <translation>退出</translation>
    </message>
</context>
<context>
    <name>ChannelList</name>
    <message>
        <source>Channel {n}</source>
        <translation>通道 {n}</translation>
    </message>
    <message>
        <source>says nothing of itself</source>
        <translation>无自身说明</translation>
    </message>
    <message>
        <source>Channel</source>
        <translation>通道</translation>
    </message>
    <message>
        <source>Smallest to largest number</source>
        <translation>数值范围（最小至最大）</translation>
    </message>
    <message>
        <source>Now</source>
        <translation>当前值</translation>
    </message>
    <message>
        <source>What it is</source>
        <translation>含义</translation>
    </message>
    <message>
        <source>not used</source>
        <translation>不使用</translation>
    </message>
    <message>
        <source>x, both eyes</source>
        <translation>x（双眼）</translation>
    </message>
    <message>
        <source>y, both eyes</source>
        <translation>y（双眼）</translation>
    </message>
    <message>
        <source>x, left eye</source>
        <translation>x（左眼）</translation>
    </message>
    <message>
        <source>y, left eye</source>
        <translation>y（左眼）</translation>
    </message>
    <message>
        <source>x, right eye</source>
        <translation>x（右眼）</translation>
    </message>
    <message>
        <source>y, right eye</source>
        <translation>y（右眼）</translation>
    </message>
    <message>
        <source>pupil in mm, left eye</source>
        <translation>瞳孔直径 mm（左眼）</translation>
    </message>
    <message>
        <source>pupil in mm, right eye</source>
        <translation>瞳孔直径 mm（右眼）</translation>
    </message>
    <message>
        <source>valid, both eyes</source>
        <translation>有效标志（双眼）</translation>
    </message>
    <message>
        <source>valid, left eye</source>
        <translation>有效标志（左眼）</translation>
    </message>
    <message>
        <source>valid, right eye</source>
        <translation>有效标志（右眼）</translation>
    </message>
    <message>
        <source>number of the sample</source>
        <translation>样本序号</translation>
    </message>
</context>
<context>
    <name>Check</name>
    <message>
        <source>The study is whole: nothing was lost or changed</source>
        <translation>研究完整：没有丢失，也没有改动</translation>
    </message>
    <message>
        <source>The data set is whole and follows the format</source>
        <translation>数据集完整，符合格式规范</translation>
    </message>
    <message>
        <source>{where}: {what} {remedy}</source>
        <translation>{where}：{what} {remedy}</translation>
    </message>
    <message>
        <source>Problems were found: {n}</source>
        <translation>发现 {n} 个问题</translation>
    </message>
    <message>
        <source>What is wrong, and what to do</source>
        <translation>问题及处理办法</translation>
    </message>
</context>
<context>
    <name>CheckDialog</name>
    <message>
        <source>Check</source>
        <translation>检查</translation>
    </message>
    <message>
        <source>Proves that nothing was lost, damaged or changed. Nothing is written.</source>
        <translation>核实数据没有丢失、损坏或改动。只读不写。</translation>
    </message>
    <message>
        <source>The study that is open</source>
        <translation>当前打开的研究</translation>
    </message>
    <message>
        <source>A data set file</source>
        <translation>数据集文件</translation>
    </message>
    <message>
        <source>Data set</source>
        <translation>数据集</translation>
    </message>
    <message>
        <source>Data sets (*.h5 *.hdf5)</source>
        <translation>数据集 (*.h5 *.hdf5)</translation>
    </message>
    <message>
        <source>Open a study first.</source>
        <translation>请先打开一项研究。</translation>
    </message>
    <message>
        <source>Choose the data set file.</source>
        <translation>请选择数据集文件。</translation>
    </message>
    <message>
        <source>Checking the study</source>
        <translation>正在检查研究</translation>
    </message>
    <message>
        <source>Checking the data set</source>
        <translation>正在检查数据集</translation>
    </message>
</context>
<context>
    <name>CheckScreen</name>
    <message>
        <source>The eye tracker&apos;s set-up was changed: once more</source>
        <translation>眼动仪设置已更改，请重新测一次</translation>
    </message>
    <message>
        <source>Look at each dot until it moves on</source>
        <translation>请注视每个圆点，直到它移开</translation>
    </message>
    <message>
        <source>One moment</source>
        <translation>请稍候</translation>
    </message>
    <message>
        <source>Calibrate the eye tracker</source>
        <translation>校准眼动仪</translation>
    </message>
    <message>
        <source>Look at each dot until it moves on, and keep your head still. How many dots?</source>
        <translation>请注视每个圆点直到它移开，头部保持不动。使用几个点？</translation>
    </message>
    <message>
        <source>5 dots: quick, for eyes that are hard to track</source>
        <translation>5 个点：快速，适用于难以追踪的眼睛</translation>
    </message>
    <message>
        <source>9 dots: the usual</source>
        <translation>9 个点：常规</translation>
    </message>
    <message>
        <source>13 dots: the most accurate</source>
        <translation>13 个点：最准确</translation>
    </message>
    <message>
        <source>Leave</source>
        <translation>退出</translation>
    </message>
    <message>
        <source>Press Space for 9 dots</source>
        <translation>按空格键使用 9 个点</translation>
    </message>
    <message>
        <source>Waiting for the eye tracker</source>
        <translation>正在等待眼动仪</translation>
    </message>
    <message>
        <source>The eye tracker could not be calibrated</source>
        <translation>无法校准眼动仪</translation>
    </message>
    <message>
        <source>Try once more</source>
        <translation>再试一次</translation>
    </message>
    <message>
        <source>Press Space to check the accuracy as it is</source>
        <translation>按空格键检查当前的准确度</translation>
    </message>
</context>
<context>
    <name>CheckWindow</name>
    <message>
        <source>Check of the eye tracker</source>
        <translation>眼动仪检查</translation>
    </message>
</context>
<context>
    <name>Commands</name>
    <message>
        <source>Open study</source>
        <translation>打开研究</translation>
    </message>
    <message>
        <source>Open report</source>
        <translation>打开报告</translation>
    </message>
    <message>
        <source>Reports (*.html)</source>
        <translation>报告 (*.html)</translation>
    </message>
    <message>
        <source>No program opens this file.</source>
        <translation>没有可打开此文件的程序。</translation>
    </message>
    <message>
        <source>Open it in a browser: {path}</source>
        <translation>请在浏览器中打开：{path}</translation>
    </message>
</context>
<context>
    <name>ConsentForm</name>
    <message>
        <source>May your reading be recorded?</source>
        <translation>是否同意记录您的阅片过程？</translation>
    </message>
    <message>
        <source>Reader {code}: you are asked only once.</source>
        <translation>阅片者 {code}：仅询问一次。</translation>
    </message>
    <message>
        <source>What is recorded</source>
        <translation>记录的内容</translation>
    </message>
    <message>
        <source>Where on the screen you look while an image is shown, the size of your pupils if the eye tracker measures it, your answers, and the time of each. No picture of you is taken.</source>
        <translation>显示图像时您注视屏幕的位置、瞳孔大小（如眼动仪可测）、您的判读结果，以及相应的时间。不会拍摄您的影像。</translation>
    </message>
    <message>
        <source>Under which name</source>
        <translation>以何种身份记录</translation>
    </message>
    <message>
        <source>Under your reader code, not your name. The data stay in the folder of this study.</source>
        <translation>只用您的阅片者编号，不用姓名。数据保存在本研究的文件夹中。</translation>
    </message>
    <message>
        <source>You can stop at any time</source>
        <translation>您可以随时停止</translation>
    </message>
    <message>
        <source>Esc ends the session. What has been read until then is kept.</source>
        <translation>按 Esc 结束阅片，此前已完成的判读会保留。</translation>
    </message>
    <message>
        <source>I agree</source>
        <translation>同意</translation>
    </message>
    <message>
        <source>I do not agree</source>
        <translation>不同意</translation>
    </message>
</context>
<context>
    <name>Controls</name>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Write a note…</source>
        <translation>写备注…</translation>
    </message>
    <message>
        <source>Reader moved</source>
        <translation>阅片者移动</translation>
    </message>
    <message>
        <source>Talked</source>
        <translation>交谈</translation>
    </message>
    <message>
        <source>Disturbed</source>
        <translation>受干扰</translation>
    </message>
    <message>
        <source>Tired</source>
        <translation>疲劳</translation>
    </message>
    <message>
        <source>Note for this moment</source>
        <translation>此刻的备注</translation>
    </message>
    <message>
        <source>Store</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Discard</source>
        <translation>放弃</translation>
    </message>
    <message>
        <source>Never mind</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>The note opens when this image is answered. Press Pause to write now.</source>
        <translation>此图像判读后即可书写备注；如需立即书写，请点击“暂停”。</translation>
    </message>
    <message>
        <source>The keyboard is here, the reader&apos;s keys wait. Enter stores, Esc discards.</source>
        <translation>键盘正用于备注，阅片者的按键暂不响应。回车保存，Esc 放弃。</translation>
    </message>
    <message>
        <source>Stored at {time}: {text}</source>
        <translation>{time} 已保存：{text}</translation>
    </message>
    <message>
        <source>Not stored yet: {reason}</source>
        <translation>尚未保存：{reason}</translation>
    </message>
    <message>
        <source>Storing…</source>
        <translation>正在保存…</translation>
    </message>
    <message>
        <source>Continue</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Notes belong to a session: wait until it has begun.</source>
        <translation>备注属于某次阅片，请等阅片开始后再写。</translation>
    </message>
</context>
<context>
    <name>Core</name>
    <message>
        <source>Type 1</source>
        <translation>1 型</translation>
    </message>
    <message>
        <source>Type 2</source>
        <translation>2 型</translation>
    </message>
    <message>
        <source>Type 3</source>
        <translation>3 型</translation>
    </message>
    <message>
        <source>Importing images</source>
        <translation>正在导入图像</translation>
    </message>
    <message>
        <source>Images</source>
        <translation>正在处理图像</translation>
    </message>
    <message>
        <source>Readings</source>
        <translation>正在处理阅片记录</translation>
    </message>
    <message>
        <source>Recordings</source>
        <translation>正在处理记录</translation>
    </message>
    <message>
        <source>Checksums</source>
        <translation>正在计算校验和</translation>
    </message>
    <message>
        <source>Epoch {n} of {total}</source>
        <translation>第 {n} 轮，共 {total} 轮</translation>
    </message>
    <message>
        <source>No gaze sample has come yet.</source>
        <translation>尚未收到眼动数据。</translation>
    </message>
    <message>
        <source>No gaze sample for {age} s.</source>
        <translation>已 {age} 秒未收到眼动数据。</translation>
    </message>
    <message>
        <source>The tracker&apos;s time stamps are {off} s off this computer&apos;s clock.</source>
        <translation>眼动仪的时间戳与本机时钟相差 {off} 秒。</translation>
    </message>
    <message>
        <source>{n} samples came without a time stamp and were left out.</source>
        <translation>有 {n} 个采样点没有时间戳，未予采用。</translation>
    </message>
    <message>
        <source>The tracker sends {rate} samples a second and declares {nominal}.</source>
        <translation>眼动仪每秒发送 {rate} 个样本，而其声明的采样率为 {nominal} Hz。</translation>
    </message>
    <message>
        <source>The tracker&apos;s program does not use the LSL clock: times are told by arrival.</source>
        <translation>眼动仪程序未使用 LSL 时钟：时间以到达时刻为准。</translation>
    </message>
    <message>
        <source>Gaze cannot be stored and is kept in memory: {reason}</source>
        <translation>眼动数据无法写入磁盘，暂存于内存：{reason}</translation>
    </message>
    <message>
        <source>The stream &apos;{name}&apos; gives gaze in the picture of a head-worn camera, not on the screen.</source>
        <translation>数据流“{name}”给出的是头戴式相机画面中的注视点，而非屏幕上的注视点。</translation>
    </message>
    <message>
        <source>Use a screen-based eye tracker, or a program that maps the gaze to the screen.</source>
        <translation>请使用屏幕式眼动仪，或使用能将注视点映射到屏幕上的程序。</translation>
    </message>
    <message>
        <source>No Tobii eye tracker answers.</source>
        <translation>未找到 Tobii 眼动仪。</translation>
    </message>
    <message>
        <source>No Tobii eye tracker answers at {address}: {reason}.</source>
        <translation>地址 {address} 处没有 Tobii 眼动仪应答：{reason}。</translation>
    </message>
    <message>
        <source>{tracker} is sent to LSL already, by another GazeAnnotator.</source>
        <translation>{tracker} 已由另一个 GazeAnnotator 发送到 LSL。</translation>
    </message>
    <message>
        <source>{tracker} does not send at {rate} Hz: {reason}.</source>
        <translation>{tracker} 不支持 {rate} Hz 采样率：{reason}。</translation>
    </message>
    <message>
        <source>{tracker} does not send at {rate} Hz.</source>
        <translation>{tracker} 不支持 {rate} Hz 采样率。</translation>
    </message>
    <message>
        <source>{tracker} did not see the eyes at this point: {reason}.</source>
        <translation>{tracker} 在该点未检测到眼睛：{reason}。</translation>
    </message>
    <message>
        <source>{tracker} did not see the eyes at this point.</source>
        <translation>{tracker} 在该点未检测到眼睛。</translation>
    </message>
    <message>
        <source>{tracker} cannot be calibrated now: {reason}.</source>
        <translation>{tracker} 现在无法校准：{reason}。</translation>
    </message>
    <message>
        <source>{tracker} is not calibrated through its SDK.</source>
        <translation>{tracker} 不能通过其 SDK 校准。</translation>
    </message>
    <message>
        <source>The calibration could not be computed.</source>
        <translation>无法计算校准结果。</translation>
    </message>
    <message>
        <source>The eye tracker is not connected.</source>
        <translation>眼动仪未连接。</translation>
    </message>
    <message>
        <source>The eye tracker was lost.</source>
        <translation>眼动仪连接中断。</translation>
    </message>
    <message>
        <source>Choose one of its rates: {rates} Hz.</source>
        <translation>请选择它支持的采样率：{rates} Hz。</translation>
    </message>
    <message>
        <source>Use the stream that is there, or stop the other one first.</source>
        <translation>请使用已有的数据流，或先停止另一个。</translation>
    </message>
    <message>
        <source>Calibrate it in its own software, then validate here.</source>
        <translation>请在其自带软件中校准，然后在此验证。</translation>
    </message>
    <message>
        <source>Collect more points, or those with few samples again.</source>
        <translation>请采集更多校准点，或重新采集样本较少的点。</translation>
    </message>
    <message>
        <source>Begin the calibration again.</source>
        <translation>请重新开始校准。</translation>
    </message>
    <message>
        <source>Check its cable and power.</source>
        <translation>请检查线缆和电源。</translation>
    </message>
    <message>
        <source>Check its cable and power, and in Tobii Pro Eye Tracker Manager its set-up and licence.</source>
        <translation>请检查线缆和电源，并在 Tobii Pro Eye Tracker Manager 中检查其设置和许可。</translation>
    </message>
    <message>
        <source>Let the reader sit upright at arm&apos;s length and look at the point, then try again.</source>
        <translation>请阅片者坐直、与屏幕保持一臂距离并注视该点，然后重试。</translation>
    </message>
    <message>
        <source>The gaze of {n} test images is left out (--test-gaze gives it out).</source>
        <translation>未导出 {n} 幅测试集图像的眼动数据（如需导出，请勾选相应选项或使用 --test-gaze）。</translation>
    </message>
    <message>
        <source>The gaze of {n} readings of test images is left out (--test-gaze gives it out).</source>
        <translation>未导出测试集图像的 {n} 条阅片记录的眼动数据（如需导出，请勾选相应选项或使用 --test-gaze）。</translation>
    </message>
    <message>
        <source>{n} training or validation images have no gaze, so no attention map.</source>
        <translation>{n} 幅训练集或验证集图像没有眼动数据，因此没有注意力图。</translation>
    </message>
    <message>
        <source>In attention maps every fixation weighs the same, however long it was.</source>
        <translation>在注意力图中，每个注视点无论持续多久，权重都相同。</translation>
    </message>
    <message>
        <source>Attention maps are made of gaze samples, not of fixations.</source>
        <translation>注意力图由视线采样点而非注视点生成。</translation>
    </message>
    <message>
        <source>Attention maps hold the first {seconds} s of each reading only.</source>
        <translation>注意力图只包含每次阅片的前 {seconds} 秒。</translation>
    </message>
    <message>
        <source>Attention maps leave out where the eye rested when the image came.</source>
        <translation>注意力图不包含图像出现时眼睛正停留之处的注视。</translation>
    </message>
    <message>
        <source>The central bias is taken off the attention maps, which come from the data set&apos;s own grid; regions of gaze of single readings still have it.</source>
        <translation>注意力图已去除中心偏差，并取自数据集自身的网格；单次阅片的视线区域仍含有中心偏差。</translation>
    </message>
    <message>
        <source>Gaze and fixations are those of one eye: {eye}.</source>
        <translation>视线和注视点取自一只眼：{eye}。</translation>
    </message>
    <message>
        <source>{n} of {total} sittings have no gaze whose times are known.</source>
        <translation>{total} 次阅片中有 {n} 次没有带时间的眼动数据。</translation>
    </message>
    <message>
        <source>{n} images have neither pathology nor a consensus of readers.</source>
        <translation>{n} 幅图像既无病理，阅片者也未达成一致。</translation>
    </message>
    <message>
        <source>The {part} part has no image of {names}.</source>
        <translation>{part} 部分没有以下类别的图像：{names}。</translation>
    </message>
    <message>
        <source>Classes of fewer than {n} patients: {names}.</source>
        <translation>患者少于 {n} 例的类别：{names}。</translation>
    </message>
    <message>
        <source>{n} images have no gaze of a reading that is used.</source>
        <translation>{n} 幅图像没有被采用的眼动数据。</translation>
    </message>
    <message>
        <source>{n} readings are used though their tracker was not validated.</source>
        <translation>采用了 {n} 条眼动仪未经校准验证的阅片记录。</translation>
    </message>
    <message>
        <source>One reader only: agreement between readers cannot be told.</source>
        <translation>只有一名阅片者，无法评估阅片者间一致性。</translation>
    </message>
    <message>
        <source>Input should be greater than {limit}</source>
        <translation>须大于 {limit}</translation>
    </message>
    <message>
        <source>Input should be less than {limit}</source>
        <translation>须小于 {limit}</translation>
    </message>
    <message>
        <source>String should match pattern &apos;{pattern}&apos;</source>
        <translation>格式不正确，请按说明填写</translation>
    </message>
</context>
<context>
    <name>Dataset</name>
    <message>
        <source>Data sets (*.h5 *.hdf5)</source>
        <translation>数据集 (*.h5 *.hdf5)</translation>
    </message>
    <message>
        <source>Choose where to save the data set.</source>
        <translation>请选择数据集的保存位置。</translation>
    </message>
    <message>
        <source>That is a folder: give the file a name.</source>
        <translation>这是文件夹，请输入文件名。</translation>
    </message>
    <message>
        <source>The folder to save in does not exist.</source>
        <translation>保存位置的文件夹不存在。</translation>
    </message>
    <message>
        <source>Images</source>
        <translation>图像</translation>
    </message>
    <message>
        <source>Patients</source>
        <translation>患者</translation>
    </message>
    <message>
        <source>Readings used</source>
        <translation>采用的阅片记录</translation>
    </message>
    <message>
        <source>… of trackers not validated</source>
        <translation>其中眼动仪未经校准验证</translation>
    </message>
    <message>
        <source>Images with gaze</source>
        <translation>有眼动数据的图像</translation>
    </message>
    <message>
        <source>Fixations</source>
        <translation>注视点</translation>
    </message>
    <message>
        <source>Gaze samples</source>
        <translation>眼动采样点</translation>
    </message>
    <message>
        <source>{train} / {validation} / {test}</source>
        <translation>{train} / {validation} / {test}</translation>
    </message>
    <message>
        <source>Training / validation / test</source>
        <translation>训练集/验证集/测试集</translation>
    </message>
    <message>
        <source>interrupted</source>
        <translation>中断</translation>
    </message>
    <message>
        <source>corrected later</source>
        <translation>后来已更正</translation>
    </message>
    <message>
        <source>cannot be assessed</source>
        <translation>无法判读</translation>
    </message>
    <message>
        <source>too much gaze lost</source>
        <translation>数据丢失率过高</translation>
    </message>
    <message>
        <source>tracker not accurate enough</source>
        <translation>眼动仪准确度不足</translation>
    </message>
    <message>
        <source>tracker not validated</source>
        <translation>眼动仪未经校准验证</translation>
    </message>
    <message>
        <source>Readings left out: {reason}</source>
        <translation>未采用的阅片记录：{reason}</translation>
    </message>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>The data set is ready</source>
        <translation>数据集已就绪</translation>
    </message>
    <message>
        <source>What you should know</source>
        <translation>请注意</translation>
    </message>
    <message>
        <source>Recordings</source>
        <translation>记录</translation>
    </message>
    <message>
        <source>Left out: neither pathology nor answer</source>
        <translation>未采用：既无病理，也无判读</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>文件夹</translation>
    </message>
    <message>
        <source>The data set was exported</source>
        <translation>数据集已导出</translation>
    </message>
    <message>
        <source>Readings</source>
        <translation>阅片记录</translation>
    </message>
    <message>
        <source>The report is ready</source>
        <translation>报告已就绪</translation>
    </message>
</context>
<context>
    <name>Duration</name>
    <message>
        <source>{s} s</source>
        <translation>{s} 秒</translation>
    </message>
    <message>
        <source>{m} min {s:02d} s</source>
        <translation>{m} 分 {s:02d} 秒</translation>
    </message>
    <message>
        <source>{h} h {m:02d} min</source>
        <translation>{h} 小时 {m:02d} 分</translation>
    </message>
</context>
<context>
    <name>ExportDialog</name>
    <message>
        <source>Export a data set</source>
        <translation>导出数据集</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>导出</translation>
    </message>
    <message>
        <source>Data set</source>
        <translation>数据集</translation>
    </message>
    <message>
        <source>Folders: images and attention maps, as the reference study</source>
        <translation>文件夹：图像与注意力图（与参照研究相同）</translation>
    </message>
    <message>
        <source>Format</source>
        <translation>格式</translation>
    </message>
    <message>
        <source>Images at their original size, from the study that is open</source>
        <translation>原始尺寸的图像（取自当前打开的研究）</translation>
    </message>
    <message>
        <source>Open the study first.</source>
        <translation>请先打开该研究。</translation>
    </message>
    <message>
        <source>Writes images, heatmaps, tables or whole recordings for other programs. Nothing in it names a patient.</source>
        <translation>导出供其他程序使用的图像、热图、表格或完整记录，不含任何可识别患者的信息。</translation>
    </message>
    <message>
        <source>The gaze of the test images too</source>
        <translation>同时导出测试集图像的眼动数据</translation>
    </message>
    <message>
        <source>Folder to write into</source>
        <translation>导出文件夹</translation>
    </message>
    <message>
        <source>Write into</source>
        <translation>导出到</translation>
    </message>
    <message>
        <source>A new or empty folder.</source>
        <translation>新文件夹或空文件夹。</translation>
    </message>
    <message>
        <source>For the reference study&apos;s own loader, and all that read a folder for each class.</source>
        <translation>供参照研究自带的读取程序，以及所有按类别分文件夹读取的程序使用。</translation>
    </message>
    <message>
        <source>BIDS: recordings for eye tracking research</source>
        <translation>BIDS：供眼动研究使用的完整记录</translation>
    </message>
    <message>
        <source>Version 1.11, passes its validator. Recordings are whole, test images too.</source>
        <translation>1.11 版，可通过官方验证工具。记录完整导出，包括测试集图像。</translation>
    </message>
    <message>
        <source>Tables (CSV): images, readings, fixations, gaze</source>
        <translation>表格（CSV）：图像、阅片记录、注视点、眼动数据</translation>
    </message>
    <message>
        <source>For Excel, R, SPSS and other statistics.</source>
        <translation>供 Excel、R、SPSS 等统计软件使用。</translation>
    </message>
    <message>
        <source>Tables (Parquet): the same, with types</source>
        <translation>表格（Parquet）：内容相同，带数据类型</translation>
    </message>
    <message>
        <source>For pandas, polars, DuckDB and R. Needs the Python package pyarrow.</source>
        <translation>供 pandas、polars、DuckDB 和 R 使用，需要 Python 软件包 pyarrow。</translation>
    </message>
    <message>
        <source>COCO: images with classes and regions of gaze</source>
        <translation>COCO：图像、类别与注视区域</translation>
    </message>
    <message>
        <source>For pycocotools, torchvision, detectron2 and FiftyOne.</source>
        <translation>供 pycocotools、torchvision、detectron2 和 FiftyOne 使用。</translation>
    </message>
    <message>
        <source>XDF: recordings, as LabRecorder writes them</source>
        <translation>XDF：完整记录（与 LabRecorder 的格式相同）</translation>
    </message>
    <message>
        <source>For pyxdf, MNE, EEGLAB and FieldTrip. Recordings are whole, test images too.</source>
        <translation>供 pyxdf、MNE、EEGLAB 和 FieldTrip 使用。记录完整导出，包括测试集图像。</translation>
    </message>
    <message>
        <source>MONAI and Hugging Face: lists of images and attention maps</source>
        <translation>MONAI 与 Hugging Face：图像与注意力图列表</translation>
    </message>
    <message>
        <source>For data lists of MONAI and image folders of Hugging Face datasets.</source>
        <translation>供 MONAI 数据列表和 Hugging Face datasets 的图像文件夹使用。</translation>
    </message>
    <message>
        <source>All that was recorded, from the study that is open</source>
        <translation>全部原始记录（取自当前打开的研究）</translation>
    </message>
    <message>
        <source>Choose the data set file.</source>
        <translation>请选择数据集文件。</translation>
    </message>
    <message>
        <source>Choose the folder to write into.</source>
        <translation>请选择导出文件夹。</translation>
    </message>
    <message>
        <source>The folder to write into is not empty.</source>
        <translation>导出文件夹不是空的。</translation>
    </message>
    <message>
        <source>Exporting the data set</source>
        <translation>正在导出数据集</translation>
    </message>
</context>
<context>
    <name>FilesField</name>
    <message>
        <source>no file chosen</source>
        <translation>未选择文件</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>选择…</translation>
    </message>
</context>
<context>
    <name>FormDialog</name>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
</context>
<context>
    <name>GazeColumns</name>
    <message>
        <source>Choose a file: its columns are shown here.</source>
        <translation>选择文件后，其各列将显示在此处。</translation>
    </message>
    <message>
        <source>Column</source>
        <translation>列</translation>
    </message>
    <message>
        <source>What stands in it</source>
        <translation>内容</translation>
    </message>
    <message>
        <source>What it is</source>
        <translation>含义</translation>
    </message>
    <message>
        <source>The columns of the file are not known yet.</source>
        <translation>尚未读取文件的列。</translation>
    </message>
    <message>
        <source>Two columns are said to be the same.</source>
        <translation>有两列被指定为同一含义。</translation>
    </message>
    <message>
        <source>Say which column names the image.</source>
        <translation>请指定哪一列是图像名称。</translation>
    </message>
    <message>
        <source>Say which columns are x and y of the gaze point.</source>
        <translation>请指定哪些列是注视点的 x 和 y。</translation>
    </message>
    <message>
        <source>Only one column can be the time.</source>
        <translation>只能有一列作为时间。</translation>
    </message>
    <message>
        <source>not used</source>
        <translation>不使用</translation>
    </message>
    <message>
        <source>file name of the image</source>
        <translation>图像文件名</translation>
    </message>
    <message>
        <source>time in seconds</source>
        <translation>时间（秒）</translation>
    </message>
    <message>
        <source>time in milliseconds</source>
        <translation>时间（毫秒）</translation>
    </message>
    <message>
        <source>time in microseconds</source>
        <translation>时间（微秒）</translation>
    </message>
    <message>
        <source>x, both eyes</source>
        <translation>x（双眼）</translation>
    </message>
    <message>
        <source>y, both eyes</source>
        <translation>y（双眼）</translation>
    </message>
    <message>
        <source>x, left eye</source>
        <translation>x（左眼）</translation>
    </message>
    <message>
        <source>y, left eye</source>
        <translation>y（左眼）</translation>
    </message>
    <message>
        <source>x, right eye</source>
        <translation>x（右眼）</translation>
    </message>
    <message>
        <source>y, right eye</source>
        <translation>y（右眼）</translation>
    </message>
    <message>
        <source>pupil in mm, left eye</source>
        <translation>瞳孔直径 mm（左眼）</translation>
    </message>
    <message>
        <source>pupil in mm, right eye</source>
        <translation>瞳孔直径 mm（右眼）</translation>
    </message>
    <message>
        <source>distance of the eyes in mm</source>
        <translation>眼睛距离（毫米）</translation>
    </message>
    <message>
        <source>valid (1) or lost (0)</source>
        <translation>有效（1）或丢失（0）</translation>
    </message>
    <message>
        <source>answer</source>
        <translation>判读结果</translation>
    </message>
    <message>
        <source>who looked</source>
        <translation>受试者</translation>
    </message>
</context>
<context>
    <name>GazeFeed</name>
    <message>
        <source>The gaze stream is not open yet.</source>
        <translation>眼动数据流尚未打开。</translation>
    </message>
    <message>
        <source>Wait until it is.</source>
        <translation>请等待其打开。</translation>
    </message>
</context>
<context>
    <name>GazeFormats</name>
    <message>
        <source>MicEye (log, .csv)</source>
        <translation>MicEye（日志，.csv）</translation>
    </message>
    <message>
        <source>Tobii Pro Lab (data export, .tsv)</source>
        <translation>Tobii Pro Lab（数据导出，.tsv）</translation>
    </message>
    <message>
        <source>EyeLink (edf2asc, .asc)</source>
        <translation>EyeLink（edf2asc，.asc）</translation>
    </message>
    <message>
        <source>EyeLink Data Viewer (fixation report)</source>
        <translation>EyeLink Data Viewer（注视报告）</translation>
    </message>
    <message>
        <source>Another program (a table of samples)</source>
        <translation>其他程序（采样表格）</translation>
    </message>
    <message>
        <source>GazeAnnotator beside LabRecorder (.xdf)</source>
        <translation>GazeAnnotator 与 LabRecorder 同步记录（.xdf）</translation>
    </message>
    <message>
        <source>Answers and gaze on the displayed image. The log has no times and does not tell lost samples.</source>
        <translation>判读结果及显示图像上的注视点。日志中没有时间，也不标记丢失的采样。</translation>
    </message>
    <message>
        <source>Gaze of each presented image. Export &apos;Presented Media position&apos; and &apos;width/height&apos; too.</source>
        <translation>每幅呈现图像的注视点。请同时导出“Presented Media position”和“width/height”。</translation>
    </message>
    <message>
        <source>Gaze of each image that a message &apos;!V IMGLOAD&apos; names, with the validations of the tracker.</source>
        <translation>由消息“!V IMGLOAD”指明的每幅图像的注视点，以及眼动仪的验证结果。</translation>
    </message>
    <message>
        <source>Fixations as Data Viewer found them; there are no samples.</source>
        <translation>Data Viewer 检出的注视；不含采样。</translation>
    </message>
    <message>
        <source>One sample a row, with a column that names the image.</source>
        <translation>每行一个采样，并有一列注明图像名称。</translation>
    </message>
    <message>
        <source>Sessions of this program that LabRecorder has recorded: the same readings as those read here.</source>
        <translation>由 LabRecorder 记录的本程序会话：与在此处阅片的记录完全相同。</translation>
    </message>
    <message>
        <source>as is usual for that format</source>
        <translation>按该格式的惯例</translation>
    </message>
    <message>
        <source>pixels of the image file</source>
        <translation>图像文件的像素</translation>
    </message>
    <message>
        <source>0 to 1 across the image</source>
        <translation>图像范围内 0 至 1</translation>
    </message>
    <message>
        <source>pixels of the image as it was displayed</source>
        <translation>显示时图像的像素</translation>
    </message>
    <message>
        <source>pixels of the screen</source>
        <translation>屏幕像素</translation>
    </message>
    <message>
        <source>0 to 1 across the screen</source>
        <translation>屏幕范围内 0 至 1</translation>
    </message>
    <message>
        <source>as the file says</source>
        <translation>以文件为准</translation>
    </message>
    <message>
        <source>centred, as large as they fit</source>
        <translation>居中，尽可能放大</translation>
    </message>
    <message>
        <source>stretched over the whole screen</source>
        <translation>拉伸至整个屏幕</translation>
    </message>
    <message>
        <source>centred, in their own size</source>
        <translation>居中，原始尺寸</translation>
    </message>
    <message>
        <source>Sessions added</source>
        <translation>新增会话</translation>
    </message>
    <message>
        <source>Readings</source>
        <translation>阅片记录</translation>
    </message>
    <message>
        <source>Gaze samples</source>
        <translation>注视采样</translation>
    </message>
    <message>
        <source>Fixations</source>
        <translation>注视</translation>
    </message>
    <message>
        <source>Known already</source>
        <translation>已有</translation>
    </message>
    <message>
        <source>Refused</source>
        <translation>未导入</translation>
    </message>
    <message>
        <source>All of it was in the study already</source>
        <translation>全部内容已在研究中</translation>
    </message>
    <message>
        <source>The gaze is in the study, except for what is named below</source>
        <translation>注视数据已导入研究，以下内容除外</translation>
    </message>
    <message>
        <source>The gaze is in the study</source>
        <translation>注视数据已导入研究</translation>
    </message>
    <message>
        <source>What you should know</source>
        <translation>请注意</translation>
    </message>
</context>
<context>
    <name>GazeSketch</name>
    <message>
        <source>Where the eyes look on the screen</source>
        <translation>双眼在屏幕上的注视位置</translation>
    </message>
</context>
<context>
    <name>GuideDialog</name>
    <message>
        <source>Guide</source>
        <translation>使用指南</translation>
    </message>
    <message>
        <source>From images to a trained network</source>
        <translation>从图像到训练好的网络</translation>
    </message>
    <message>
        <source>Make a study</source>
        <translation>建立研究</translation>
    </message>
    <message>
        <source>File → New study. Choose a folder with images and, if you have it, a table with the columns file, patient, pathology. The images are copied without names and dates; patients become codes.</source>
        <translation>文件 → 新建研究。选择图像文件夹；如有表格（列名为 file、patient、pathology），一并选择。图像复制时会去除姓名和日期，患者以代码表示。</translation>
    </message>
    <message>
        <source>Switch on the eye tracker</source>
        <translation>启动眼动仪</translation>
    </message>
    <message>
        <source>Calibrate in the tracker&apos;s own program and start its LSL stream. Session → Tracker shows what arrives. Without a tracker you can try everything with: gazeannotator tracker simulate</source>
        <translation>在眼动仪自带程序中完成校准，并开启 LSL 数据流。阅片 → 眼动仪可查看收到的信号。没有眼动仪时，可运行以下命令试用全部功能：gazeannotator tracker simulate</translation>
    </message>
    <message>
        <source>Read</source>
        <translation>阅片</translation>
    </message>
    <message>
        <source>Type the reader&apos;s code and press Start reading. Space shows the first image. Look, then answer with one key. Every answer is on disk before the next image comes. Esc ends; the next session goes on there.</source>
        <translation>输入阅片者编号，点击“开始阅片”，按空格键显示第一幅图像。看清后按一个键判读；每次判读都先写入磁盘，再显示下一幅。按 Esc 结束，下次从此处继续。</translation>
    </message>
    <message>
        <source>Check</source>
        <translation>检查</translation>
    </message>
    <message>
        <source>Data set → Check proves that nothing in the study was lost or changed.</source>
        <translation>数据集 → 检查，可核实研究中的数据没有丢失或改动。</translation>
    </message>
    <message>
        <source>Build the data set</source>
        <translation>构建数据集</translation>
    </message>
    <message>
        <source>Data set → Build finds fixations, makes heatmaps, and splits the images by patient, so that no patient is in both training and test.</source>
        <translation>数据集 → 构建，提取注视点、生成热图，并按患者划分图像，同一患者不会同时出现在训练集和测试集中。</translation>
    </message>
    <message>
        <source>Train</source>
        <translation>训练</translation>
    </message>
    <message>
        <source>Train → New training. The recipe &apos;quick&apos; gives a first result in minutes; &apos;default&apos; is for real work. The report shows how well the network answers, and where it looks beside where readers looked.</source>
        <translation>训练 → 新建训练。“快速”方案几分钟即可得到初步结果，“默认”方案用于正式研究。报告给出网络的判读性能，并将网络关注的区域与阅片者注视的区域并列对照。</translation>
    </message>
</context>
<context>
    <name>GuidePage</name>
    <message>
        <source>Calibrate the eye tracker first</source>
        <translation>先校准眼动仪</translation>
    </message>
    <message>
        <source>Dots appear next: look at each until it moves on, and keep your head still.</source>
        <translation>接下来会出现圆点：请注视每个圆点直到它移开，头部保持不动。</translation>
    </message>
    <message>
        <source>Press Space to go on</source>
        <translation>按空格键继续</translation>
    </message>
</context>
<context>
    <name>HelpDialog</name>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>ImagesFields</name>
    <message>
        <source>Folder with the images</source>
        <translation>图像文件夹</translation>
    </message>
    <message>
        <source>Table of the images</source>
        <translation>图像信息表</translation>
    </message>
    <message>
        <source>Tables (*.csv)</source>
        <translation>表格 (*.csv)</translation>
    </message>
    <message>
        <source>optional</source>
        <translation>可选</translation>
    </message>
    <message>
        <source>PNG, JPEG, TIFF, BMP or DICOM. They are copied; your own files are not changed.</source>
        <translation>PNG、JPEG、TIFF、BMP 或 DICOM。图像会被复制，您的原文件不会改动。</translation>
    </message>
    <message>
        <source>Table with patient and pathology</source>
        <translation>患者与病理信息表</translation>
    </message>
    <message>
        <source>A CSV file with the columns file, patient, pathology. Needed to keep patients apart.</source>
        <translation>CSV 文件，列名为 file、patient、pathology；用于区分不同患者。</translation>
    </message>
    <message>
        <source>Hide text and everything outside the picture</source>
        <translation>遮盖文字及内镜画面以外的所有内容</translation>
    </message>
    <message>
        <source>Names in the picture</source>
        <translation>画面中的姓名</translation>
    </message>
    <message>
        <source>Images on which something was hidden wait until you have looked at them.</source>
        <translation>有内容被遮盖的图像会等待您查看确认。</translation>
    </message>
    <message>
        <source>Choose the folder with the images.</source>
        <translation>请选择图像文件夹。</translation>
    </message>
    <message>
        <source>The folder with the images does not exist.</source>
        <translation>图像文件夹不存在。</translation>
    </message>
    <message>
        <source>The table does not exist.</source>
        <translation>表格文件不存在。</translation>
    </message>
</context>
<context>
    <name>Import</name>
    <message>
        <source>Images added</source>
        <translation>新增图像</translation>
    </message>
    <message>
        <source>Already in the study</source>
        <translation>研究中已有</translation>
    </message>
    <message>
        <source>Waiting for your review</source>
        <translation>等待您审核</translation>
    </message>
    <message>
        <source>Refused</source>
        <translation>未能导入</translation>
    </message>
    <message>
        <source>The images are in the study</source>
        <translation>图像已导入研究</translation>
    </message>
    <message>
        <source>The images are in the study, except for those below</source>
        <translation>除下列图像外，均已导入研究</translation>
    </message>
    <message>
        <source>What you should know</source>
        <translation>请注意</translation>
    </message>
    <message>
        <source>What was refused, and why</source>
        <translation>未能导入的图像及原因</translation>
    </message>
</context>
<context>
    <name>ImportFoldersDialog</name>
    <message>
        <source>Turns a published data set of folders (images, attention maps, train/val/test) into a file that trains.</source>
        <translation>将以文件夹形式发布的数据集（图像、注意力图、train/val/test）转换为可用于训练的文件。</translation>
    </message>
    <message>
        <source>Import a data set from folders</source>
        <translation>从文件夹导入数据集</translation>
    </message>
    <message>
        <source>Import</source>
        <translation>导入</translation>
    </message>
    <message>
        <source>Folder of the data set</source>
        <translation>数据集文件夹</translation>
    </message>
    <message>
        <source>Table of the patients</source>
        <translation>患者信息表</translation>
    </message>
    <message>
        <source>Tables (*.csv)</source>
        <translation>表格 (*.csv)</translation>
    </message>
    <message>
        <source>optional</source>
        <translation>可选</translation>
    </message>
    <message>
        <source>Table with patients</source>
        <translation>患者信息表</translation>
    </message>
    <message>
        <source>A CSV file with the columns file, patient.</source>
        <translation>CSV 文件，列名为 file、patient。</translation>
    </message>
    <message>
        <source>Save the data set as</source>
        <translation>数据集另存为</translation>
    </message>
    <message>
        <source>Save as</source>
        <translation>保存为</translation>
    </message>
    <message>
        <source>as the folders are named</source>
        <translation>按文件夹名称</translation>
    </message>
    <message>
        <source>NICE: type 1, 2, 3</source>
        <translation>NICE 分型：1、2、3 型</translation>
    </message>
    <message>
        <source>Classes</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>Choose the folder of the data set.</source>
        <translation>请选择数据集文件夹。</translation>
    </message>
    <message>
        <source>The table does not exist.</source>
        <translation>表格文件不存在。</translation>
    </message>
    <message>
        <source>Importing the data set</source>
        <translation>正在导入数据集</translation>
    </message>
</context>
<context>
    <name>ImportGazeDialog</name>
    <message>
        <source>Import gaze</source>
        <translation>导入注视数据</translation>
    </message>
    <message>
        <source>Recordings of other programs become readings of the study that is open.</source>
        <translation>将其他程序的记录转为当前研究的阅片记录。</translation>
    </message>
    <message>
        <source>Import</source>
        <translation>导入</translation>
    </message>
    <message>
        <source>a code, not a name</source>
        <translation>编号，而非姓名</translation>
    </message>
    <message>
        <source>Reader who looked</source>
        <translation>阅片者</translation>
    </message>
    <message>
        <source>Recorded by</source>
        <translation>记录程序</translation>
    </message>
    <message>
        <source>Recordings</source>
        <translation>记录文件</translation>
    </message>
    <message>
        <source>Files</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>as usual</source>
        <translation>按惯例</translation>
    </message>
    <message>
        <source>not known</source>
        <translation>未知</translation>
    </message>
    <message>
        <source>Columns of the table</source>
        <translation>表格的列</translation>
    </message>
    <message>
        <source>Column or variable that names the image</source>
        <translation>存有图像名称的列或变量</translation>
    </message>
    <message>
        <source>What the coordinates are</source>
        <translation>坐标的含义</translation>
    </message>
    <message>
        <source>Where the images were on the screen</source>
        <translation>图像在屏幕上的位置</translation>
    </message>
    <message>
        <source>Needed where the file counts pixels of the screen and does not say it.</source>
        <translation>若文件以屏幕像素记录且未说明图像位置，则必须指定。</translation>
    </message>
    <message>
        <source>Height of the displayed images</source>
        <translation>图像的显示高度</translation>
    </message>
    <message>
        <source>As set in that program; coordinates count by it.</source>
        <translation>与该程序中的设置一致；坐标以此为准。</translation>
    </message>
    <message>
        <source>Samples a second</source>
        <translation>每秒采样数</translation>
    </message>
    <message>
        <source>For samples without times. Without it they give no heatmap.</source>
        <translation>用于没有时间的采样；若不填写则无法生成热图。</translation>
    </message>
    <message>
        <source>Take answers whose gaze is missing</source>
        <translation>导入缺少注视数据的判读结果</translation>
    </message>
    <message>
        <source>Take what comes before the damage of a damaged file</source>
        <translation>文件损坏时，导入损坏处之前的内容</translation>
    </message>
    <message>
        <source>More options</source>
        <translation>更多选项</translation>
    </message>
    <message>
        <source>assumed: 1920x1080</source>
        <translation>默认：1920x1080</translation>
    </message>
    <message>
        <source>assumed: 527x296</source>
        <translation>默认：527x296</translation>
    </message>
    <message>
        <source>assumed: 650</source>
        <translation>默认：650</translation>
    </message>
    <message>
        <source>e.g. 0=1, 1=2, 2=3</source>
        <translation>例如 0=1, 1=2, 2=3</translation>
    </message>
    <message>
        <source>all</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>Screen in pixels</source>
        <translation>屏幕（像素）</translation>
    </message>
    <message>
        <source>Screen in mm</source>
        <translation>屏幕（毫米）</translation>
    </message>
    <message>
        <source>Eyes to screen in mm</source>
        <translation>眼睛到屏幕的距离（毫米）</translation>
    </message>
    <message>
        <source>Answers of that program</source>
        <translation>该程序中的判读编号</translation>
    </message>
    <message>
        <source>Which is which class, if they are not numbered alike.</source>
        <translation>若编号不同，请说明各编号对应的类别。</translation>
    </message>
    <message>
        <source>Only this participant</source>
        <translation>仅此受试者</translation>
    </message>
    <message>
        <source>Message at which an image appears</source>
        <translation>图像出现时的消息</translation>
    </message>
    <message>
        <source>Recordings ({endings});;All files (*)</source>
        <translation>记录文件 ({endings});;所有文件 (*)</translation>
    </message>
    <message>
        <source>Choose the file.</source>
        <translation>请选择文件。</translation>
    </message>
    <message>
        <source>{file} does not exist.</source>
        <translation>{file} 不存在。</translation>
    </message>
    <message>
        <source>Say who looked: a reader code.</source>
        <translation>请填写阅片者编号。</translation>
    </message>
    <message>
        <source>Samples a second are a number, such as 90.</source>
        <translation>每秒采样数应为数字，例如 90。</translation>
    </message>
    <message>
        <source>Write the screen&apos;s pixels as in 1920x1080.</source>
        <translation>屏幕像素的写法如 1920x1080。</translation>
    </message>
    <message>
        <source>Write the screen&apos;s size as in 527x296.</source>
        <translation>屏幕尺寸的写法如 527x296。</translation>
    </message>
    <message>
        <source>The distance is a number of mm, such as 650.</source>
        <translation>距离应为毫米数，例如 650。</translation>
    </message>
    <message>
        <source>Importing gaze</source>
        <translation>正在导入注视数据</translation>
    </message>
</context>
<context>
    <name>ImportImagesDialog</name>
    <message>
        <source>Import images</source>
        <translation>导入图像</translation>
    </message>
    <message>
        <source>Adds images to the study that is open. An image that is in it already is not doubled.</source>
        <translation>向当前打开的研究添加图像，已有的图像不会重复导入。</translation>
    </message>
    <message>
        <source>Import</source>
        <translation>导入</translation>
    </message>
    <message>
        <source>Importing images</source>
        <translation>正在导入图像</translation>
    </message>
</context>
<context>
    <name>JobBar</name>
    <message>
        <source>Show</source>
        <translation>显示</translation>
    </message>
</context>
<context>
    <name>JobPage</name>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Starting…</source>
        <translation>正在启动…</translation>
    </message>
    <message>
        <source>Cancelling…</source>
        <translation>正在取消…</translation>
    </message>
    <message>
        <source>{done} of {total}</source>
        <translation>{done} / {total}</translation>
    </message>
    <message>
        <source>about {left} left</source>
        <translation>约剩 {left}</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>详细信息</translation>
    </message>
    <message>
        <source>Copy report</source>
        <translation>复制详情</translation>
    </message>
    <message>
        <source>Nothing was changed.</source>
        <translation>未作任何改动。</translation>
    </message>
    <message>
        <source>Cancelled</source>
        <translation>已取消</translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation>在文件夹中显示</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>返回</translation>
    </message>
</context>
<context>
    <name>KeysDialog</name>
    <message>
        <source>Keys while reading</source>
        <translation>阅片按键</translation>
    </message>
    <message>
        <source>The mouse is not needed. Digits work on every keyboard layout.</source>
        <translation>无需鼠标。数字键适用于各种键盘布局。</translation>
    </message>
    <message>
        <source>Shift</source>
        <translation>Shift</translation>
    </message>
    <message>
        <source>Space</source>
        <translation>空格</translation>
    </message>
    <message>
        <source>Start, pause, go on</source>
        <translation>开始、暂停、继续</translation>
    </message>
    <message>
        <source>The answer, with high confidence</source>
        <translation>判读，高置信度</translation>
    </message>
    <message>
        <source>The answer, with low confidence</source>
        <translation>判读，低置信度</translation>
    </message>
    <message>
        <source>The image cannot be assessed</source>
        <translation>图像无法判读</translation>
    </message>
    <message>
        <source>Flag the image for discussion</source>
        <translation>标记图像，留待讨论</translation>
    </message>
    <message>
        <source>Backspace</source>
        <translation>Backspace</translation>
    </message>
    <message>
        <source>Back to the previous image; it is asked again</source>
        <translation>返回上一幅图像，重新判读</translation>
    </message>
    <message>
        <source>Show the criteria of the answers</source>
        <translation>显示判读标准</translation>
    </message>
    <message>
        <source>Quick check of the eye tracker: look at the cross</source>
        <translation>快速检查眼动仪：注视十字</translation>
    </message>
    <message>
        <source>Measure the eye tracker&apos;s accuracy</source>
        <translation>测量眼动仪的准确度</translation>
    </message>
    <message>
        <source>Esc</source>
        <translation>Esc</translation>
    </message>
    <message>
        <source>End the session; it can be continued later</source>
        <translation>结束阅片，之后可继续</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>Go to the study</source>
        <translation>返回研究</translation>
    </message>
    <message>
        <source>The settings could not be saved: {reason}</source>
        <translation>无法保存设置：{reason}</translation>
    </message>
    <message>
        <source>No study was open yet.</source>
        <translation>尚未打开过研究。</translation>
    </message>
    <message>
        <source>The answers are saved.</source>
        <translation>判读结果已保存。</translation>
    </message>
    <message>
        <source>A reader is reading now: end the session first.</source>
        <translation>正在阅片，请先结束本次阅片。</translation>
    </message>
    <message>
        <source>Work is still running</source>
        <translation>仍有任务在运行</translation>
    </message>
    <message>
        <source>It is stopped before the program ends. A training keeps what it has reached.</source>
        <translation>退出前会停止任务；训练会保留已有的结果。</translation>
    </message>
    <message>
        <source>Stop and quit</source>
        <translation>停止并退出</translation>
    </message>
</context>
<context>
    <name>Menu</name>
    <message>
        <source>&amp;File</source>
        <translation>文件(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;New study…</source>
        <translation>新建研究(&amp;N)…</translation>
    </message>
    <message>
        <source>&amp;Open study…</source>
        <translation>打开研究(&amp;O)…</translation>
    </message>
    <message>
        <source>&amp;Recent studies</source>
        <translation>最近的研究(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;All studies</source>
        <translation>全部研究(&amp;A)</translation>
    </message>
    <message>
        <source>&amp;Import images…</source>
        <translation>导入图像(&amp;I)…</translation>
    </message>
    <message>
        <source>Import &amp;video frames…</source>
        <translation>导入视频帧(&amp;V)…</translation>
    </message>
    <message>
        <source>Import &amp;gaze…</source>
        <translation>导入注视数据(&amp;G)…</translation>
    </message>
    <message>
        <source>Review &amp;hidden text…</source>
        <translation>审核遮盖的文字(&amp;H)…</translation>
    </message>
    <message>
        <source>&amp;Settings…</source>
        <translation>设置(&amp;S)…</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>退出(&amp;Q)</translation>
    </message>
    <message>
        <source>&amp;Session</source>
        <translation>阅片(&amp;S)</translation>
    </message>
    <message>
        <source>&amp;Start reading…</source>
        <translation>开始阅片(&amp;S)…</translation>
    </message>
    <message>
        <source>&amp;Tracker…</source>
        <translation>眼动仪(&amp;T)…</translation>
    </message>
    <message>
        <source>Reading o&amp;ptions…</source>
        <translation>阅片选项(&amp;P)…</translation>
    </message>
    <message>
        <source>Operator &amp;view</source>
        <translation>操作员视图(&amp;V)</translation>
    </message>
    <message>
        <source>&amp;Overview</source>
        <translation>概览(&amp;O)</translation>
    </message>
    <message>
        <source>&amp;Data set</source>
        <translation>数据集(&amp;D)</translation>
    </message>
    <message>
        <source>&amp;Build…</source>
        <translation>构建(&amp;B)…</translation>
    </message>
    <message>
        <source>&amp;Check…</source>
        <translation>检查(&amp;C)…</translation>
    </message>
    <message>
        <source>&amp;Export…</source>
        <translation>导出(&amp;E)…</translation>
    </message>
    <message>
        <source>&amp;Report…</source>
        <translation>报告(&amp;R)…</translation>
    </message>
    <message>
        <source>&amp;Import from folders…</source>
        <translation>从文件夹导入(&amp;I)…</translation>
    </message>
    <message>
        <source>&amp;Train</source>
        <translation>训练(&amp;T)</translation>
    </message>
    <message>
        <source>&amp;New training…</source>
        <translation>新建训练(&amp;N)…</translation>
    </message>
    <message>
        <source>Open &amp;report…</source>
        <translation>打开报告(&amp;R)…</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>帮助(&amp;H)</translation>
    </message>
    <message>
        <source>&amp;Guide</source>
        <translation>使用指南(&amp;G)</translation>
    </message>
    <message>
        <source>&amp;Keys</source>
        <translation>按键(&amp;K)</translation>
    </message>
    <message>
        <source>&amp;About</source>
        <translation>关于(&amp;A)</translation>
    </message>
    <message>
        <source>Other work is running: wait until it ends, or cancel it.</source>
        <translation>有其他任务在运行，请等待其结束或取消。</translation>
    </message>
    <message>
        <source>A reader is reading now: end the session first.</source>
        <translation>正在阅片，请先结束本次阅片。</translation>
    </message>
    <message>
        <source>Nobody is reading now.</source>
        <translation>当前无人阅片。</translation>
    </message>
    <message>
        <source>Open a study first.</source>
        <translation>请先打开一项研究。</translation>
    </message>
    <message>
        <source>No image waits for review.</source>
        <translation>没有等待审核的图像。</translation>
    </message>
    <message>
        <source>The study has no images: import some first.</source>
        <translation>研究中没有图像，请先导入。</translation>
    </message>
    <message>
        <source>Nothing has been read yet: there is no gaze to build from.</source>
        <translation>尚未阅片，没有可用于构建的眼动数据。</translation>
    </message>
</context>
<context>
    <name>MessageDialog</name>
    <message>
        <source>Show details</source>
        <translation>显示详情</translation>
    </message>
    <message>
        <source>OK</source>
        <translation>确定</translation>
    </message>
    <message>
        <source>Hide details</source>
        <translation>隐藏详情</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
</context>
<context>
    <name>ModelForm</name>
    <message>
        <source>More options</source>
        <translation>更多选项</translation>
    </message>
</context>
<context>
    <name>NewStudyDialog</name>
    <message>
        <source>New study</source>
        <translation>新建研究</translation>
    </message>
    <message>
        <source>A folder of images becomes a study. Names of files and ids of patients are replaced by codes.</source>
        <translation>由图像文件夹建立一项研究。文件名和患者编号均以代码替换。</translation>
    </message>
    <message>
        <source>Create study</source>
        <translation>创建研究</translation>
    </message>
    <message>
        <source>e.g. Polyps 2026</source>
        <translation>例如：结直肠息肉 2026</translation>
    </message>
    <message>
        <source>Name of the study</source>
        <translation>研究名称</translation>
    </message>
    <message>
        <source>Where to keep the study</source>
        <translation>研究的保存位置</translation>
    </message>
    <message>
        <source>Keep it in</source>
        <translation>保存位置</translation>
    </message>
    <message>
        <source>A folder with the study&apos;s name is made there.</source>
        <translation>将在此处新建以研究名称命名的文件夹。</translation>
    </message>
    <message>
        <source>NICE: type 1, 2, 3</source>
        <translation>NICE 分型：1、2、3 型</translation>
    </message>
    <message>
        <source>Another scheme (a file)…</source>
        <translation>其他分型方案（文件）…</translation>
    </message>
    <message>
        <source>What readers answer</source>
        <translation>判读内容</translation>
    </message>
    <message>
        <source>Scheme file</source>
        <translation>分型方案文件</translation>
    </message>
    <message>
        <source>Schemes (*.toml)</source>
        <translation>分型方案 (*.toml)</translation>
    </message>
    <message>
        <source>Give the study a name.</source>
        <translation>请输入研究名称。</translation>
    </message>
    <message>
        <source>The name cannot have one of &lt; &gt; : &quot; / \ | ? * and cannot start with a dot.</source>
        <translation>名称不能包含 &lt; &gt; : &quot; / \ | ? *，也不能以点开头。</translation>
    </message>
    <message>
        <source>The folder to keep the study in does not exist.</source>
        <translation>保存位置的文件夹不存在。</translation>
    </message>
    <message>
        <source>There is a folder of that name already. Choose another name.</source>
        <translation>已有同名文件夹，请换一个名称。</translation>
    </message>
    <message>
        <source>Choose the scheme file.</source>
        <translation>请选择分型方案文件。</translation>
    </message>
    <message>
        <source>Creating the study {name}</source>
        <translation>正在创建研究“{name}”</translation>
    </message>
</context>
<context>
    <name>OffsetPicture</name>
    <message>
        <source>Where each eye was found, and where the targets were</source>
        <translation>各目标点位置及双眼实测注视位置</translation>
    </message>
</context>
<context>
    <name>Operator</name>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>Check</source>
        <translation>项目</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>准确度</translation>
    </message>
    <message>
        <source>RMS</source>
        <translation>RMS</translation>
    </message>
    <message>
        <source>Loss</source>
        <translation>丢失率</translation>
    </message>
    <message>
        <source>Not measured yet: how far the gaze may be off is not known.</source>
        <translation>尚未测量，眼动误差未知。</translation>
    </message>
    <message>
        <source>Validation and drift</source>
        <translation>验证与漂移</translation>
    </message>
    <message>
        <source>No.</source>
        <translation>序号</translation>
    </message>
    <message>
        <source>Took</source>
        <translation>用时</translation>
    </message>
    <message>
        <source>No image is answered yet.</source>
        <translation>尚无判读。</translation>
    </message>
    <message>
        <source>Last answers</source>
        <translation>最近判读</translation>
    </message>
    <message>
        <source>Validation</source>
        <translation>验证</translation>
    </message>
    <message>
        <source>Drift</source>
        <translation>漂移</translation>
    </message>
    <message>
        <source>accuracy</source>
        <translation>准确度</translation>
    </message>
    <message>
        <source>The reader gets ready</source>
        <translation>阅片者准备中</translation>
    </message>
    <message>
        <source>Fixation cross: the next image comes</source>
        <translation>注视十字：即将显示下一幅图像</translation>
    </message>
    <message>
        <source>The eye tracker is checked: the reader looks at points</source>
        <translation>正在检查眼动仪：阅片者注视目标点</translation>
    </message>
    <message>
        <source>Image {number} of {total} is being read</source>
        <translation>正在判读第 {number} 幅，共 {total} 幅</translation>
    </message>
    <message>
        <source>The viewing time is over: the answer is awaited</source>
        <translation>观察时间已到，等待判读</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>The reading cannot go on</source>
        <translation>阅片无法继续</translation>
    </message>
    <message>
        <source>The reader looks at a page of words</source>
        <translation>阅片者正在阅读说明页</translation>
    </message>
    <message>
        <source>All images are read</source>
        <translation>全部图像已判读</translation>
    </message>
    <message>
        <source>The session ends</source>
        <translation>本次阅片正在结束</translation>
    </message>
    <message>
        <source>An image is read once more</source>
        <translation>正在重读一幅图像</translation>
    </message>
    <message>
        <source>Gaze is recorded.</source>
        <translation>正在记录眼动数据。</translation>
    </message>
    <message>
        <source>No gaze is recorded.</source>
        <translation>未记录眼动数据。</translation>
    </message>
    <message>
        <source>Make room on the disk; keep this program open. It is tried again.</source>
        <translation>请释放磁盘空间，不要关闭本程序；会不断重试。</translation>
    </message>
    <message>
        <source>Let the reader sit upright, at the same distance as before.</source>
        <translation>请让阅片者坐正，保持与先前相同的距离。</translation>
    </message>
    <message>
        <source>Pause, and validate again (V).</source>
        <translation>请暂停并重新验证（V）。</translation>
    </message>
    <message>
        <source>Pause and validate again; calibrate if that does not help.</source>
        <translation>请暂停并重新验证；若无改善，请重新校准。</translation>
    </message>
    <message>
        <source>Ask the reader to sit as at the validation, or validate again.</source>
        <translation>请阅片者恢复验证时的坐姿，或重新验证。</translation>
    </message>
    <message>
        <source>Look at the tracker&apos;s program.</source>
        <translation>请查看眼动仪程序。</translation>
    </message>
    <message>
        <source>By the reader, who goes on with Space.</source>
        <translation>由阅片者暂停，按空格键继续。</translation>
    </message>
    <message>
        <source>By you. Press Continue, or the reader presses Space.</source>
        <translation>由您暂停。请点击“继续”，或由阅片者按空格键。</translation>
    </message>
    <message>
        <source>Another window took the keyboard. Continue gives it back.</source>
        <translation>键盘被其他窗口占用；点击“继续”交还键盘。</translation>
    </message>
    <message>
        <source>An image cannot be shown.</source>
        <translation>有一幅图像无法显示。</translation>
    </message>
    <message>
        <source>For a drift check.</source>
        <translation>进行漂移检查。</translation>
    </message>
    <message>
        <source>The eye tracker&apos;s signal was lost; the image comes again.</source>
        <translation>眼动仪信号曾丢失，该图像将再次显示。</translation>
    </message>
    <message>
        <source>The eye tracker was set up anew; the image comes again.</source>
        <translation>眼动仪设置已更改；该图像将再次显示。</translation>
    </message>
    <message>
        <source>Gaze could not be saved; the image comes again.</source>
        <translation>眼动数据曾无法保存，该图像将再次显示。</translation>
    </message>
    <message>
        <source>{hours} h {minutes:02d}</source>
        <translation>{hours} 小时 {minutes:02d} 分</translation>
    </message>
    <message>
        <source>The session is over.</source>
        <translation>本次阅片已结束。</translation>
    </message>
</context>
<context>
    <name>OperatorWindow</name>
    <message>
        <source>SIMULATED</source>
        <translation>模拟数据</translation>
    </message>
    <message>
        <source>● Recording</source>
        <translation>● 记录中</translation>
    </message>
    <message>
        <source>{study}, reader {code}</source>
        <translation>{study}，阅片者 {code}</translation>
    </message>
    <message>
        <source>Gaze as it comes</source>
        <translation>未经修正的眼动</translation>
    </message>
    <message>
        <source>Gaze as corrected at the validation</source>
        <translation>按验证结果修正后的眼动</translation>
    </message>
    <message>
        <source>left eye</source>
        <translation>左眼</translation>
    </message>
    <message>
        <source>right eye</source>
        <translation>右眼</translation>
    </message>
    <message>
        <source>Operator view: {study}</source>
        <translation>操作员视图：{study}</translation>
    </message>
</context>
<context>
    <name>PathField</name>
    <message>
        <source>Choose…</source>
        <translation>选择…</translation>
    </message>
</context>
<context>
    <name>ProcessJob</name>
    <message>
        <source>The work was ended from outside, or crashed, and gave no reason.</source>
        <translation>任务被外部终止或已崩溃，未给出原因。</translation>
    </message>
    <message>
        <source>The work ended without a result (exit code {code}).</source>
        <translation>任务结束但没有结果（退出码 {code}）。</translation>
    </message>
    <message>
        <source>The program for this work could not be started.</source>
        <translation>无法启动此任务的程序。</translation>
    </message>
    <message>
        <source>Install GazeAnnotator again: {reason}</source>
        <translation>请重新安装 GazeAnnotator：{reason}</translation>
    </message>
</context>
<context>
    <name>ProgressCard</name>
    <message>
        <source>this session</source>
        <translation>本次已判读</translation>
    </message>
    <message>
        <source>once more</source>
        <translation>需重读</translation>
    </message>
    <message>
        <source>an image</source>
        <translation>每幅平均</translation>
    </message>
    <message>
        <source>elapsed</source>
        <translation>已用时</translation>
    </message>
    <message>
        <source>left, about</source>
        <translation>约剩</translation>
    </message>
    <message>
        <source>of {total} images</source>
        <translation>/ {total} 幅</translation>
    </message>
    <message>
        <source>{seconds:.1f} s</source>
        <translation>{seconds:.1f} 秒</translation>
    </message>
</context>
<context>
    <name>ReadingForm</name>
    <message>
        <source>e.g. R1 – a code, not a name</source>
        <translation>例如 R1；请用编号，不用姓名</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>搜索</translation>
    </message>
    <message>
        <source>Look again for eye trackers on this computer.</source>
        <translation>重新搜索本机上的眼动仪。</translation>
    </message>
    <message>
        <source>See the signal…</source>
        <translation>查看信号…</translation>
    </message>
    <message>
        <source>Reader code</source>
        <translation>阅片者编号</translation>
    </message>
    <message>
        <source>Eye tracker</source>
        <translation>眼动仪</translation>
    </message>
    <message>
        <source>Show images</source>
        <translation>图像显示</translation>
    </message>
    <message>
        <source>Looking for eye trackers…</source>
        <translation>正在搜索眼动仪…</translation>
    </message>
    <message>
        <source>{name}  ({rate:g} Hz, simulated)</source>
        <translation>{name}（{rate:g} Hz，模拟）</translation>
    </message>
    <message>
        <source>{name}  ({rate:g} Hz)</source>
        <translation>{name}（{rate:g} Hz）</translation>
    </message>
    <message>
        <source>As soon as one is there</source>
        <translation>自动使用稍后出现的眼动仪</translation>
    </message>
    <message>
        <source>No eye tracker: record answers only</source>
        <translation>不用眼动仪，仅记录判读结果</translation>
    </message>
    <message>
        <source>No gaze will be recorded in this session.</source>
        <translation>本次阅片不记录眼动数据。</translation>
    </message>
    <message>
        <source>None was found yet. Start the tracker&apos;s LSL stream, then search again.</source>
        <translation>尚未找到。请开启眼动仪的 LSL 数据流，再重新搜索。</translation>
    </message>
    <message>
        <source>Full screen on {name}  ({w} × {h})</source>
        <translation>在 {name} 上全屏显示（{w} × {h}）</translation>
    </message>
    <message>
        <source>In a window  ({w} × {h})</source>
        <translation>在窗口中显示（{w} × {h}）</translation>
    </message>
</context>
<context>
    <name>ReadingOptionsDialog</name>
    <message>
        <source>How all readers read in {study}. A session that runs now goes on as it began.</source>
        <translation>研究“{study}”中所有阅片者的阅片方式。正在进行的阅片仍按开始时的选项进行。</translation>
    </message>
    <message>
        <source>Reading options</source>
        <translation>阅片选项</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>{count} readings exist. They keep their answers and marks; images that are left are read by the new options. It is better to settle them before the first reading.</source>
        <translation>已有 {count} 条阅片记录，其判读结果和标记保持不变；尚未阅的图像按新选项进行。最好在首次阅片之前确定这些选项。</translation>
    </message>
    <message>
        <source>As by default</source>
        <translation>恢复默认</translation>
    </message>
    <message>
        <source>Correct the marked fields.</source>
        <translation>请更正标出的项目。</translation>
    </message>
    <message>
        <source>Every reader sees the images in an order of their own</source>
        <translation>每位阅片者的图像顺序各不相同</translation>
    </message>
    <message>
        <source>At random, but always the same for one reader. Else all read in the order of import.</source>
        <translation>随机排列，但同一阅片者始终不变。否则所有人按导入顺序阅片。</translation>
    </message>
    <message>
        <source>Ask how sure the reader is</source>
        <translation>询问判读置信度</translation>
    </message>
    <message>
        <source>Shift with the answer&apos;s key means: not sure.</source>
        <translation>按住 Shift 再按判读键表示低置信度。</translation>
    </message>
    <message>
        <source>Answers may be corrected</source>
        <translation>允许更正判读</translation>
    </message>
    <message>
        <source>With Backspace. The first answer is kept too.</source>
        <translation>按 Backspace 键更正，首次判读同样保留。</translation>
    </message>
    <message>
        <source>Cross before each image</source>
        <translation>每幅图像前的十字</translation>
    </message>
    <message>
        <source>So that all begin at the same place.</source>
        <translation>使每次阅片从同一位置开始。</translation>
    </message>
    <message>
        <source>The image comes once the eye rests on the cross</source>
        <translation>视线停留在十字上后才显示图像</translation>
    </message>
    <message>
        <source>Or with Space, or after 3 seconds. Without an eye tracker the time above counts.</source>
        <translation>也可按空格键，或 3 秒后显示。没有眼动仪时按上面的时间。</translation>
    </message>
    <message>
        <source>Longest look at an image</source>
        <translation>图像最长显示时间</translation>
    </message>
    <message>
        <source>Then it goes, and the answer is waited for. 0: as long as the reader likes.</source>
        <translation>时间到后图像隐藏，等待判读。0 表示不限时间。</translation>
    </message>
    <message>
        <source>Shortest look at an image</source>
        <translation>图像最短观察时间</translation>
    </message>
    <message>
        <source>Earlier answers are not taken.</source>
        <translation>在此之前的按键不作为判读。</translation>
    </message>
    <message>
        <source>Measure the eye tracker&apos;s accuracy before the first image</source>
        <translation>显示第一幅图像前测量眼动仪的准确度</translation>
    </message>
    <message>
        <source>Once a session, in about half a minute. Else the reader may do it with V.</source>
        <translation>每次阅片一次，约半分钟。否则阅片者可按 V 键自行测量。</translation>
    </message>
    <message>
        <source>Quick check of the eye tracker every</source>
        <translation>快速检查眼动仪，每隔</translation>
    </message>
    <message>
        <source>One look at the cross, a second or two. 0: only when the reader presses R.</source>
        <translation>注视十字一两秒即可。0 表示仅在阅片者按 R 键时检查。</translation>
    </message>
    <message>
        <source>images</source>
        <translation>幅图像</translation>
    </message>
    <message>
        <source>Largest tracker error</source>
        <translation>眼动仪误差上限</translation>
    </message>
    <message>
        <source>With a larger one a check fails, and readings after it are left out of data sets.</source>
        <translation>误差更大时检查不通过，其后的阅片记录不进入数据集。</translation>
    </message>
    <message>
        <source>Most gaze lost</source>
        <translation>数据丢失率上限</translation>
    </message>
    <message>
        <source>Share of samples without eyes, 0 to 1. Readings beyond it are left out of data sets.</source>
        <translation>未检测到眼睛的采样点比例，0 到 1。超过此值的阅片记录不进入数据集。</translation>
    </message>
    <message>
        <source>Show images beyond these two limits once more</source>
        <translation>超过以上两项上限的图像再显示一次</translation>
    </message>
    <message>
        <source>At the end of the list. The new answer counts; the first one is kept too.</source>
        <translation>在全部图像之后显示。以新的判读为准，首次判读同样保留。</translation>
    </message>
    <message>
        <source>Largest change of distance</source>
        <translation>距离变化上限</translation>
    </message>
    <message>
        <source>From this on, operator and reader are told that the reader has moved.</source>
        <translation>超过此值时，提示操作员和阅片者坐姿已改变。</translation>
    </message>
</context>
<context>
    <name>ReadingPage</name>
    <message>
        <source>{done} of {total} images are read.</source>
        <translation>已阅 {done} 幅，共 {total} 幅。</translation>
    </message>
    <message>
        <source>What was it?</source>
        <translation>您的判读是？</translation>
    </message>
    <message>
        <source>Criteria: {scheme}</source>
        <translation>{scheme} 分型标准</translation>
    </message>
    <message>
        <source>Space: go on</source>
        <translation>按空格键继续</translation>
    </message>
    <message>
        <source>End the session?</source>
        <translation>结束本次阅片？</translation>
    </message>
    <message>
        <source>{read} The next session goes on from here.</source>
        <translation>{read}下次从此处继续。</translation>
    </message>
    <message>
        <source>Quick check of the eye tracker at one point</source>
        <translation>快速检查眼动仪（注视一点）</translation>
    </message>
    <message>
        <source>Measure how accurate the eye tracker is (20 s)</source>
        <translation>测量眼动仪的准确度（20 秒）</translation>
    </message>
    <message>
        <source>Accuracy {found:.1f}°: this study asks for {limit:g}° or better.</source>
        <translation>准确度 {found:.1f}°，本研究要求不超过 {limit:g}°。</translation>
    </message>
    <message>
        <source>✓ Eye tracker checked: {found:.1f}° off</source>
        <translation>✓ 眼动仪检查通过，偏差 {found:.1f}°</translation>
    </message>
    <message>
        <source>Your eyes were not found</source>
        <translation>未检测到您的眼睛</translation>
    </message>
    <message>
        <source>Sit upright before the tracker, at arm&apos;s length. Nothing should cover your eyes.</source>
        <translation>请坐正，与眼动仪保持约一臂距离，不要遮挡眼睛。</translation>
    </message>
    <message>
        <source>The eye tracker is off by {found:.1f}°</source>
        <translation>眼动仪偏差 {found:.1f}°</translation>
    </message>
    <message>
        <source>This study asks for {limit:g}° or better. Sit as you did at the start, look at the middle of the cross, and check again.</source>
        <translation>本研究要求偏差不超过 {limit:g}°。请恢复开始时的坐姿，注视十字中心，再检查一次。</translation>
    </message>
    <message>
        <source>Your eyes did not rest on the cross</source>
        <translation>您的视线没有停留在十字上</translation>
    </message>
    <message>
        <source>Look at the middle of the cross until it has gone.</source>
        <translation>请一直注视十字中心，直到十字消失。</translation>
    </message>
    <message>
        <source>Measure it at all points, or calibrate anew</source>
        <translation>测量全部点的准确度，或重新校准</translation>
    </message>
    <message>
        <source>End the session</source>
        <translation>结束阅片</translation>
    </message>
    <message>
        <source>Press Space to check again</source>
        <translation>按空格键再检查一次</translation>
    </message>
    <message>
        <source>Go on all the same: what follows is marked, and left out of data sets</source>
        <translation>仍然继续：之后的阅片记录会加以标记，不进入数据集</translation>
    </message>
    <message>
        <source>Go on all the same</source>
        <translation>仍然继续</translation>
    </message>
    <message>
        <source>Go on reading</source>
        <translation>继续阅片</translation>
    </message>
    <message>
        <source>Space</source>
        <translation>空格</translation>
    </message>
    <message>
        <source>Saving…</source>
        <translation>正在保存…</translation>
    </message>
    <message>
        <source>The last entries are not on disk yet. They are tried again every second.</source>
        <translation>最后几条记录尚未写入磁盘，每秒重试一次。</translation>
    </message>
    <message>
        <source>Leave all the same; only what is not saved yet is lost</source>
        <translation>仍要退出；仅丢失尚未保存的记录</translation>
    </message>
    <message>
        <source>All {total} images are read.</source>
        <translation>全部 {total} 幅图像均已阅完。</translation>
    </message>
    <message>
        <source>{total} images to read.</source>
        <translation>共 {total} 幅图像待阅。</translation>
    </message>
    <message>
        <source>{left} of {total} images are left; it goes on where you stopped.</source>
        <translation>共 {total} 幅，还剩 {left} 幅；将从上次停下处继续。</translation>
    </message>
    <message>
        <source>Press Space to start</source>
        <translation>按空格键开始</translation>
    </message>
    <message>
        <source>Press Space to start: first the eye tracker is checked</source>
        <translation>按空格键开始：先测量眼动仪的准确度</translation>
    </message>
    <message>
        <source>Please wait</source>
        <translation>请稍候</translation>
    </message>
    <message>
        <source>Starts by itself as soon as the eye tracker is ready</source>
        <translation>眼动仪就绪后自动开始</translation>
    </message>
    <message>
        <source>Start, pause, continue</source>
        <translation>开始、暂停、继续</translation>
    </message>
    <message>
        <source>Back to the previous image</source>
        <translation>返回上一幅图像</translation>
    </message>
    <message>
        <source>Flag for discussion</source>
        <translation>标记，留待讨论</translation>
    </message>
    <message>
        <source>Criteria</source>
        <translation>判读标准</translation>
    </message>
    <message>
        <source>End</source>
        <translation>结束</translation>
    </message>
    <message>
        <source>Ready to read</source>
        <translation>可以开始阅片</translation>
    </message>
    <message>
        <source>Getting ready</source>
        <translation>正在准备</translation>
    </message>
    <message>
        <source>The eye tracker&apos;s set-up was changed: check it again (V)</source>
        <translation>眼动仪设置已更改：请重新检查（V）</translation>
    </message>
    <message>
        <source>Please wait: the operator writes a note</source>
        <translation>请稍候：操作员正在书写备注</translation>
    </message>
    <message>
        <source>One image is shown once more: the eye tracker did not follow your eyes well enough.</source>
        <translation>有 1 幅图像将再显示一次：眼动仪对您视线的跟踪不够好。</translation>
    </message>
    <message>
        <source>{count} images are shown once more: the eye tracker did not follow your eyes well enough.</source>
        <translation>有 {count} 幅图像将再显示一次：眼动仪对您视线的跟踪不够好。</translation>
    </message>
    <message>
        <source>, </source>
        <translation>、</translation>
    </message>
    <message>
        <source>{names}: sure</source>
        <translation>{names}（高置信度）</translation>
    </message>
    <message>
        <source>The same, but not sure</source>
        <translation>同上（低置信度）</translation>
    </message>
    <message>
        <source>Cannot be assessed</source>
        <translation>无法判读</translation>
    </message>
    <message>
        <source>Pause, made by the operator</source>
        <translation>操作员已暂停阅片</translation>
    </message>
    <message>
        <source>The eye tracker is back</source>
        <translation>眼动仪已恢复</translation>
    </message>
    <message>
        <source>Gaze is saved again</source>
        <translation>眼动数据已恢复保存</translation>
    </message>
    <message>
        <source>An image cannot be shown</source>
        <translation>有图像无法显示</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>{read} The image that was hidden is shown again.</source>
        <translation>{read}刚才隐藏的图像会再次显示。</translation>
    </message>
    <message>
        <source>Press Space to continue</source>
        <translation>按空格键继续</translation>
    </message>
    <message>
        <source>The eye tracker&apos;s signal is lost</source>
        <translation>眼动仪信号丢失</translation>
    </message>
    <message>
        <source>Nothing is lost of what was read. Look at the screen; check cable and tracker program.</source>
        <translation>已完成的判读没有丢失。请注视屏幕，并检查连接线和眼动仪程序。</translation>
    </message>
    <message>
        <source>Gaze cannot be saved now</source>
        <translation>暂时无法保存眼动数据</translation>
    </message>
    <message>
        <source>It is kept in memory and tried again. Nothing is lost as long as this window is open.</source>
        <translation>数据暂存于内存并不断重试；只要不关闭此窗口，就不会丢失。</translation>
    </message>
    <message>
        <source>The screen is not connected any more</source>
        <translation>屏幕已断开连接</translation>
    </message>
    <message>
        <source>This is another screen</source>
        <translation>当前不是指定的屏幕</translation>
    </message>
    <message>
        <source>The screen has changed</source>
        <translation>屏幕设置已改变</translation>
    </message>
    <message>
        <source>This scale of the screen cannot be used</source>
        <translation>此屏幕缩放比例无法使用</translation>
    </message>
    <message>
        <source>Connect {screen} again; the rest goes by itself. Nothing is lost of what was read.</source>
        <translation>请重新连接屏幕 {screen}，之后会自动恢复。已完成的判读没有丢失。</translation>
    </message>
    <message>
        <source>Images are read on {screen}: the eye tracker is set up there.</source>
        <translation>应在屏幕 {screen} 上阅片：眼动仪是为该屏幕设置的。</translation>
    </message>
    <message>
        <source>{screen} had another size or scale when this window was opened. Set it back, or close the window and start again.</source>
        <translation>打开此窗口后，屏幕 {screen} 的分辨率或缩放比例发生了改变。请改回原来的设置，或关闭窗口后重新开始。</translation>
    </message>
    <message>
        <source>The desktop draws this window at another scale than it tells for {screen}, so nobody knows on which pixels an image lies. Set the scale to 100 % or 200 % in the system&apos;s settings.</source>
        <translation>桌面绘制此窗口的缩放比例与屏幕 {screen} 所报告的不一致，无法确定图像位于哪些像素上。请在系统设置中将缩放比例设为 100 % 或 200 %。</translation>
    </message>
    <message>
        <source>Press Space: back to that screen</source>
        <translation>按空格键回到该屏幕</translation>
    </message>
    <message>
        <source>Waiting; it is noticed by itself</source>
        <translation>正在等待，恢复后会自动识别</translation>
    </message>
    <message>
        <source>All {total} images are read, {count} of them in this session. Thank you.</source>
        <translation>全部 {total} 幅图像均已阅完，其中本次 {count} 幅。谢谢！</translation>
    </message>
    <message>
        <source>Corrected answers: {count}.</source>
        <translation>更正判读 {count} 次。</translation>
    </message>
    <message>
        <source>Back to the last image</source>
        <translation>返回最后一幅图像</translation>
    </message>
    <message>
        <source>All images are read</source>
        <translation>全部图像已阅</translation>
    </message>
    <message>
        <source>Once more: {number} / {total}</source>
        <translation>再次显示：{number} / {total}</translation>
    </message>
    <message>
        <source>Shown once more: {count}.</source>
        <translation>再次显示：{count} 幅。</translation>
    </message>
    <message>
        <source>Close; after a minute it closes by itself</source>
        <translation>关闭（一分钟后自动关闭）</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>完成</translation>
    </message>
    <message>
        <source>Read without eye tracker: only answers are recorded</source>
        <translation>不用眼动仪阅片，仅记录判读结果</translation>
    </message>
    <message>
        <source>Looking for the eye tracker…</source>
        <translation>正在搜索眼动仪…</translation>
    </message>
    <message>
        <source>No eye tracker has been found. Start its LSL stream; it is noticed by itself.</source>
        <translation>未找到眼动仪。请开启其 LSL 数据流，程序会自动识别。</translation>
    </message>
    <message>
        <source>The eye tracker {name} has not been found.</source>
        <translation>未找到眼动仪 {name}。</translation>
    </message>
    <message>
        <source>There is: {seen}.</source>
        <translation>现有：{seen}。</translation>
    </message>
    <message>
        <source>Start its LSL stream; it is noticed by itself.</source>
        <translation>请开启其 LSL 数据流，程序会自动识别。</translation>
    </message>
    <message>
        <source>{name}  ({rate:g} Hz)</source>
        <translation>{name}（{rate:g} Hz）</translation>
    </message>
    <message>
        <source>Which eye tracker? Press its number.</source>
        <translation>使用哪台眼动仪？请按其编号。</translation>
    </message>
    <message>
        <source>The stream {name} does not say which of its numbers are gaze.</source>
        <translation>数据流 {name} 未说明哪些数值是注视点。</translation>
    </message>
    <message>
        <source>Without eye tracker: only answers are recorded.</source>
        <translation>不用眼动仪：仅记录判读结果。</translation>
    </message>
    <message>
        <source>Connecting to the eye tracker…</source>
        <translation>正在连接眼动仪…</translation>
    </message>
    <message>
        <source>Connected. Waiting for the first sample: is the tracker switched on?</source>
        <translation>已连接，正在等待首个采样点。眼动仪是否已开启？</translation>
    </message>
    <message>
        <source>Eye tracker ready: {name}, {rate} Hz.</source>
        <translation>眼动仪已就绪：{name}，采样率 {rate} Hz。</translation>
    </message>
    <message>
        <source>The eyes are often not found. Sit upright before the tracker, at arm&apos;s length.</source>
        <translation>经常检测不到眼睛。请坐正，与眼动仪保持约一臂距离。</translation>
    </message>
    <message>
        <source>The stream does not say what its numbers mean. Look at the screen&apos;s corners.</source>
        <translation>数据流未说明坐标的含义。请依次注视屏幕四角。</translation>
    </message>
    <message>
        <source>Now x {x:.4g}, y {y:.4g}; so far x {x0:.4g} to {x1:.4g}, y {y0:.4g} to {y1:.4g}</source>
        <translation>当前 x {x:.4g}，y {y:.4g}；至今 x {x0:.4g} 至 {x1:.4g}，y {y0:.4g} 至 {y1:.4g}</translation>
    </message>
    <message>
        <source>Shares of the screen: 0 to 1 from the top left corner</source>
        <translation>屏幕比例：从左上角起 0 至 1</translation>
    </message>
    <message>
        <source>Pixels of the screen</source>
        <translation>屏幕像素</translation>
    </message>
    <message>
        <source>See all its numbers and tell what they are</source>
        <translation>查看全部数值并说明其含义</translation>
    </message>
    <message>
        <source>Colour</source>
        <translation>颜色</translation>
    </message>
    <message>
        <source>Vessels</source>
        <translation>血管</translation>
    </message>
    <message>
        <source>Surface</source>
        <translation>表面结构</translation>
    </message>
    <message>
        <source>Most likely</source>
        <translation>最可能的诊断</translation>
    </message>
</context>
<context>
    <name>ReadingWindow</name>
    <message>
        <source>Reading: {study}</source>
        <translation>阅片：{study}</translation>
    </message>
    <message>
        <source>Not saved yet: {reason} It is tried again by itself.</source>
        <translation>尚未保存：{reason} 正在自动重试。</translation>
    </message>
    <message>
        <source>{study}, reader {code}</source>
        <translation>{study}，阅片者 {code}</translation>
    </message>
    <message>
        <source>SIMULATED</source>
        <translation>模拟数据</translation>
    </message>
    <message>
        <source>● Recording</source>
        <translation>● 记录中</translation>
    </message>
    <message>
        <source>⚑ Flagged</source>
        <translation>⚑ 已标记</translation>
    </message>
    <message>
        <source>The eye tracker says that its screen has {theirs} pixels; this one has {ours}. If it is set up for another screen, gaze will be in the wrong place.</source>
        <translation>眼动仪报告其屏幕为 {theirs} 像素，而本屏幕为 {ours} 像素。如果眼动仪是为另一块屏幕设置的，注视位置将会出错。</translation>
    </message>
    <message>
        <source>This screen is smaller than 1024 × 768: images are shown small.</source>
        <translation>此屏幕小于 1024 × 768，图像显示较小。</translation>
    </message>
    <message>
        <source>The screen does not tell its size; {w:g} × {h:g} mm is assumed. Enter the true size in the settings.</source>
        <translation>屏幕未报告实际尺寸，暂按 {w:g} × {h:g} mm 计算。请在设置中输入实际尺寸。</translation>
    </message>
    <message>
        <source>The photodiode&apos;s patch covers a corner of {count} images.</source>
        <translation>光电二极管测试方块会遮住 {count} 幅图像的一角。</translation>
    </message>
    <message>
        <source>Wayland does not tell where a window is: use the full screen to record gaze.</source>
        <translation>Wayland 不提供窗口位置，记录眼动请使用全屏。</translation>
    </message>
    <message>
        <source>The study {name} has no images.</source>
        <translation>研究“{name}”中没有图像。</translation>
    </message>
    <message>
        <source>Import images first.</source>
        <translation>请先导入图像。</translation>
    </message>
</context>
<context>
    <name>Refused</name>
    <message>
        <source>{where}: {message}</source>
        <translation>{where}：{message}</translation>
    </message>
</context>
<context>
    <name>ReportDialog</name>
    <message>
        <source>Report on a data set</source>
        <translation>数据集报告</translation>
    </message>
    <message>
        <source>One page for the browser: images, quality of the gaze, what was left out and why, agreement of readers.</source>
        <translation>在浏览器中查看的单页报告：图像、眼动数据质量、未采用的记录及原因、阅片者间一致性。</translation>
    </message>
    <message>
        <source>Write report</source>
        <translation>生成报告</translation>
    </message>
    <message>
        <source>Data set</source>
        <translation>数据集</translation>
    </message>
    <message>
        <source>Save the report as</source>
        <translation>报告另存为</translation>
    </message>
    <message>
        <source>Reports (*.html)</source>
        <translation>报告 (*.html)</translation>
    </message>
    <message>
        <source>Save as</source>
        <translation>保存为</translation>
    </message>
    <message>
        <source>An older report of that name is replaced.</source>
        <translation>同名旧报告将被替换。</translation>
    </message>
    <message>
        <source>Choose the data set file.</source>
        <translation>请选择数据集文件。</translation>
    </message>
    <message>
        <source>Choose where to save the report.</source>
        <translation>请选择报告的保存位置。</translation>
    </message>
    <message>
        <source>Reporting on the data set</source>
        <translation>正在生成数据集报告</translation>
    </message>
</context>
<context>
    <name>ResultPage</name>
    <message>
        <source>The recorded gaze stays as it is. The correction is stored beside it, for data sets.</source>
        <translation>记录的原始视线数据保持不变；修正参数另行保存，生成数据集时使用。</translation>
    </message>
    <message>
        <source>Nothing is recorded here.</source>
        <translation>此处不作任何记录。</translation>
    </message>
    <message>
        <source>Press Space to go on</source>
        <translation>按空格键继续</translation>
    </message>
    <message>
        <source>Press {number} to repeat the point, or Space to go on all the same</source>
        <translation>按 {number} 重做该点，或按空格键仍然继续</translation>
    </message>
    <message>
        <source>Press V to check once more, or Space to go on all the same</source>
        <translation>按 V 键再检查一次，或按空格键仍然继续</translation>
    </message>
    <message>
        <source>Check once more</source>
        <translation>再检查一次</translation>
    </message>
    <message>
        <source>Repeat a single point</source>
        <translation>重做某一个点</translation>
    </message>
    <message>
        <source>Do without the correction</source>
        <translation>不使用修正</translation>
    </message>
    <message>
        <source>Correct the gaze by these points: {before} becomes {after}</source>
        <translation>按这些点修正视线：由 {before} 变为 {after}</translation>
    </message>
    <message>
        <source>Calibrate the eye tracker</source>
        <translation>校准眼动仪</translation>
    </message>
    <message>
        <source>Leave without this result</source>
        <translation>放弃此结果并退出</translation>
    </message>
    <message>
        <source>Leave; the result is noted</source>
        <translation>离开（保留此结果记录）</translation>
    </message>
</context>
<context>
    <name>Review</name>
    <message>
        <source>text</source>
        <translation>文字</translation>
    </message>
    <message>
        <source>everything around the picture</source>
        <translation>画面以外的所有内容</translation>
    </message>
    <message>
        <source>what the layout says</source>
        <translation>布局模板规定的区域</translation>
    </message>
    <message>
        <source>rectangles drawn by hand</source>
        <translation>手工绘制的矩形</translation>
    </message>
    <message>
        <source>nothing found, but the file says that it shows text</source>
        <translation>未发现文字，但文件声明画面含有文字</translation>
    </message>
    <message>
        <source>nothing</source>
        <translation>无</translation>
    </message>
</context>
<context>
    <name>ReviewDialog</name>
    <message>
        <source>Review hidden text</source>
        <translation>审核遮盖的文字</translation>
    </message>
    <message>
        <source>Can you still read anything on the right? Draw a rectangle over it on the left. Click a rectangle and press Delete to show what it hides. Nothing black is kept.</source>
        <translation>右侧还能读到任何文字吗？请在左侧用矩形框住它。点击矩形后按 Delete 键可显示其遮盖的内容。变黑的部分不会保留。</translation>
    </message>
    <message>
        <source>As it came</source>
        <translation>原始图像</translation>
    </message>
    <message>
        <source>As it will be read</source>
        <translation>阅片时的图像</translation>
    </message>
    <message>
        <source>Previous</source>
        <translation>上一张</translation>
    </message>
    <message>
        <source>Next</source>
        <translation>下一张</translation>
    </message>
    <message>
        <source>Show surroundings (K)</source>
        <translation>显示画面以外 (K)</translation>
    </message>
    <message>
        <source>Remove rectangle</source>
        <translation>删除矩形</translation>
    </message>
    <message>
        <source>Do not read this image</source>
        <translation>不使用此图像</translation>
    </message>
    <message>
        <source>Nothing to be read: accept</source>
        <translation>无可读文字：确认</translation>
    </message>
    <message>
        <source>Left arrow</source>
        <translation>左方向键</translation>
    </message>
    <message>
        <source>Right arrow</source>
        <translation>右方向键</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>Delete 键</translation>
    </message>
    <message>
        <source>Shift+Delete. Import it again to bring it back.</source>
        <translation>Shift+Delete。重新导入即可恢复。</translation>
    </message>
    <message>
        <source>Enter</source>
        <translation>回车键</translation>
    </message>
    <message>
        <source>Image {n} of {total}</source>
        <translation>第 {n} 张，共 {total} 张</translation>
    </message>
    <message>
        <source>No image waits for review.</source>
        <translation>没有等待审核的图像。</translation>
    </message>
    <message>
        <source>Hidden: {what}</source>
        <translation>已遮盖：{what}</translation>
    </message>
    <message>
        <source>Hide surroundings (K)</source>
        <translation>遮盖画面以外 (K)</translation>
    </message>
</context>
<context>
    <name>ScreenPicture</name>
    <message>
        <source>The reader&apos;s screen, and where the eyes look on it</source>
        <translation>阅片者的屏幕及双眼注视位置</translation>
    </message>
</context>
<context>
    <name>Screens</name>
    <message>
        <source>There is no screen {number}: {count} connected.</source>
        <translation>没有第 {number} 号屏幕，已连接 {count} 个。</translation>
    </message>
    <message>
        <source>Screens are counted from 1.</source>
        <translation>屏幕从 1 开始编号。</translation>
    </message>
</context>
<context>
    <name>SettingsDialog</name>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>They hold for this computer.</source>
        <translation>仅适用于本机。</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Visible size of the screen</source>
        <translation>屏幕可视区域尺寸</translation>
    </message>
    <message>
        <source>Measure it with a ruler: what a screen says of itself is sometimes wrong.</source>
        <translation>请用尺测量，屏幕自报的尺寸有时不准。</translation>
    </message>
    <message>
        <source>Correct the marked fields.</source>
        <translation>请更正标出的各项。</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Changes with the next start.</source>
        <translation>下次启动时生效。</translation>
    </message>
    <message>
        <source>as the computer</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>Eye to screen</source>
        <translation>视距</translation>
    </message>
    <message>
        <source>Distance while reading; degrees are computed from it.</source>
        <translation>阅片时眼睛到屏幕的距离，用于计算视角。</translation>
    </message>
    <message>
        <source>Delay of the display</source>
        <translation>显示延迟</translation>
    </message>
    <message>
        <source>Measured time from an image&apos;s stamp to its light; 0 if it was not measured.</source>
        <translation>实测的图像时间戳到屏幕发光的时间，未测量则填 0。</translation>
    </message>
    <message>
        <source>Operator view</source>
        <translation>操作员视图</translation>
    </message>
    <message>
        <source>On a second screen, never on the reader&apos;s. Session → Operator view opens it too.</source>
        <translation>显示在第二块屏幕上，绝不显示在阅片屏幕上。也可通过“阅片 → 操作员视图”打开。</translation>
    </message>
    <message>
        <source>opens by itself</source>
        <translation>自动打开</translation>
    </message>
    <message>
        <source>only when asked for</source>
        <translation>仅在需要时打开</translation>
    </message>
    <message>
        <source>Eye trackers on</source>
        <translation>眼动仪位于</translation>
    </message>
    <message>
        <source>Other computers are searched only if you allow it here.</source>
        <translation>仅在此允许后才搜索其他计算机。</translation>
    </message>
    <message>
        <source>this computer</source>
        <translation>本机</translation>
    </message>
    <message>
        <source>the network too</source>
        <translation>本机及局域网</translation>
    </message>
    <message>
        <source>Patch for a photodiode</source>
        <translation>光电二极管测试方块</translation>
    </message>
    <message>
        <source>To measure the delay of the display: a square that flips with every image. It covers a corner of images that fill the screen; the page before a reading tells of how many.</source>
        <translation>用于测量显示延迟：每出现一幅图像，方块就黑白翻转一次。图像占满屏幕时会被遮住一角，阅片前的页面会提示有多少幅。</translation>
    </message>
    <message>
        <source>none</source>
        <translation>不显示</translation>
    </message>
    <message>
        <source>top left</source>
        <translation>左上角</translation>
    </message>
    <message>
        <source>top right</source>
        <translation>右上角</translation>
    </message>
    <message>
        <source>bottom left</source>
        <translation>左下角</translation>
    </message>
    <message>
        <source>bottom right</source>
        <translation>右下角</translation>
    </message>
    <message>
        <source>Side of the patch</source>
        <translation>方块边长</translation>
    </message>
    <message>
        <source>Larger than the photodiode&apos;s window, smaller than its housing: so no reader sees it.</source>
        <translation>应大于光电二极管的感光窗口、小于其外壳，这样阅片者不会看到它。</translation>
    </message>
</context>
<context>
    <name>Signal</name>
    <message>
        <source>no sample yet</source>
        <translation>尚无数据</translation>
    </message>
    <message>
        <source>none for {age:.0f} s</source>
        <translation>已中断 {age:.0f} 秒</translation>
    </message>
    <message>
        <source>as announced</source>
        <translation>与标称一致</translation>
    </message>
    <message>
        <source>announced: {rate:.0f}</source>
        <translation>标称 {rate:.0f}</translation>
    </message>
    <message>
        <source>clock not known</source>
        <translation>时钟未知</translation>
    </message>
    <message>
        <source>good</source>
        <translation>良好</translation>
    </message>
    <message>
        <source>slow</source>
        <translation>偏慢</translation>
    </message>
    <message>
        <source>far too slow</source>
        <translation>过慢</translation>
    </message>
    <message>
        <source>clocks differ</source>
        <translation>时钟不一致</translation>
    </message>
    <message>
        <source>often lost</source>
        <translation>经常丢失</translation>
    </message>
    <message>
        <source>beyond the limit</source>
        <translation>超出限值</translation>
    </message>
    <message>
        <source>not told</source>
        <translation>未提供</translation>
    </message>
    <message>
        <source>as it should be</source>
        <translation>合适</translation>
    </message>
    <message>
        <source>{cm:.0f} cm too near</source>
        <translation>近了 {cm:.0f} 厘米</translation>
    </message>
    <message>
        <source>{cm:.0f} cm too far</source>
        <translation>远了 {cm:.0f} 厘米</translation>
    </message>
</context>
<context>
    <name>SignalCard</name>
    <message>
        <source>SIMULATED</source>
        <translation>模拟数据</translation>
    </message>
    <message>
        <source>samples a second</source>
        <translation>采样率（每秒）</translation>
    </message>
    <message>
        <source>samples with eyes found</source>
        <translation>检测到眼睛的采样点</translation>
    </message>
    <message>
        <source>samples so far</source>
        <translation>累计采样点</translation>
    </message>
    <message>
        <source>left eye</source>
        <translation>左眼</translation>
    </message>
    <message>
        <source>right eye</source>
        <translation>右眼</translation>
    </message>
    <message>
        <source>Connecting</source>
        <translation>连接中</translation>
    </message>
    <message>
        <source>Opening the stream…</source>
        <translation>正在打开数据流…</translation>
    </message>
    <message>
        <source>Connected, but no sample has come yet. Is the tracker switched on and tracking?</source>
        <translation>已连接，但尚未收到数据。眼动仪是否已开启并正在追踪？</translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation>等待中</translation>
    </message>
    <message>
        <source>No sample for {age:.0f} s. Check the cable and the tracker&apos;s program.</source>
        <translation>已 {age:.0f} 秒未收到数据。请检查连接线和眼动仪程序。</translation>
    </message>
    <message>
        <source>Lost</source>
        <translation>信号丢失</translation>
    </message>
    <message>
        <source>Receiving</source>
        <translation>接收中</translation>
    </message>
    <message>
        <source>The eyes are often not found. Sit upright before the tracker, at arm&apos;s length.</source>
        <translation>经常检测不到眼睛。请坐正，与眼动仪保持约一臂距离。</translation>
    </message>
    <message>
        <source>Poor signal</source>
        <translation>信号较差</translation>
    </message>
    <message>
        <source>All is well. Look at the corners of the screen: the dots must go there too.</source>
        <translation>一切正常。请依次注视屏幕四角，圆点应随之移动。</translation>
    </message>
    <message>
        <source>Good signal</source>
        <translation>信号良好</translation>
    </message>
</context>
<context>
    <name>SignalTiles</name>
    <message>
        <source>Rate</source>
        <translation>采样率</translation>
    </message>
    <message>
        <source>Latency</source>
        <translation>延迟</translation>
    </message>
    <message>
        <source>Eyes found</source>
        <translation>眼睛检出率</translation>
    </message>
    <message>
        <source>Eye to screen</source>
        <translation>眼屏距离</translation>
    </message>
</context>
<context>
    <name>StartReadingDialog</name>
    <message>
        <source>A session goes on where the reader stopped the last time.</source>
        <translation>从该阅片者上次停下处继续。</translation>
    </message>
    <message>
        <source>Start reading</source>
        <translation>开始阅片</translation>
    </message>
    <message>
        <source>Type the reader&apos;s code.</source>
        <translation>请输入阅片者编号。</translation>
    </message>
</context>
<context>
    <name>StreamMappingDialog</name>
    <message>
        <source>What do this stream&apos;s numbers mean?</source>
        <translation>此数据流的数值是什么含义？</translation>
    </message>
    <message>
        <source>{name} does not say it itself. Let somebody look into the corners of the screen one after the other, see which numbers follow, and check that the dot on the right goes there too.</source>
        <translation>{name} 自身未作说明。请让一人依次注视屏幕四角，观察哪些数值随之变化，并确认右侧圆点也移至相应位置。</translation>
    </message>
    <message>
        <source>Use this mapping</source>
        <translation>使用此对应关系</translation>
    </message>
    <message>
        <source>0 to 1 across the screen</source>
        <translation>屏幕比例（0 至 1）</translation>
    </message>
    <message>
        <source>0 to 100, percent of the screen</source>
        <translation>屏幕百分比（0 至 100）</translation>
    </message>
    <message>
        <source>Pixels of the screen</source>
        <translation>屏幕像素</translation>
    </message>
    <message>
        <source>At the top left corner</source>
        <translation>位于左上角</translation>
    </message>
    <message>
        <source>At the bottom left corner</source>
        <translation>位于左下角</translation>
    </message>
    <message>
        <source>Where it is above 0</source>
        <translation>大于 0 时</translation>
    </message>
    <message>
        <source>Where it is above one half</source>
        <translation>大于 0.5 时</translation>
    </message>
    <message>
        <source>Where it is 0</source>
        <translation>等于 0 时</translation>
    </message>
    <message>
        <source>none, or e.g. 0 and -1</source>
        <translation>无；或如 0, -1</translation>
    </message>
    <message>
        <source>A valid channel says the eye was found</source>
        <translation>有效标志在何种取值时表示检测到眼睛</translation>
    </message>
    <message>
        <source>The numbers are</source>
        <translation>数值单位</translation>
    </message>
    <message>
        <source>Zero is</source>
        <translation>坐标原点</translation>
    </message>
    <message>
        <source>Numbers that mean: not found</source>
        <translation>表示“未检测到”的数值</translation>
    </message>
    <message>
        <source>Choose x and y of both eyes together, or those of each eye: not both.</source>
        <translation>请选择双眼共用的 x 和 y，或每只眼各自的 x 和 y，二者不可同时选择。</translation>
    </message>
    <message>
        <source>Choose x and y of the gaze.</source>
        <translation>请选择注视点的 x 和 y。</translation>
    </message>
    <message>
        <source>Say what the numbers are.</source>
        <translation>请说明数值单位。</translation>
    </message>
    <message>
        <source>Write the numbers that mean not found with commas between them.</source>
        <translation>请输入表示“未检测到”的数值，以逗号分隔。</translation>
    </message>
    <message>
        <source>The gaze is drawn here as soon as x and y are chosen.</source>
        <translation>选定 x 和 y 后，此处将显示注视点。</translation>
    </message>
    <message>
        <source>By this mapping no eye is ever found.</source>
        <translation>按此对应关系，始终检测不到眼睛。</translation>
    </message>
    <message>
        <source>By this mapping most of the gaze lies beside the screen.</source>
        <translation>按此对应关系，大部分注视点落在屏幕之外。</translation>
    </message>
    <message>
        <source>Now no eye is found.</source>
        <translation>当前未检测到眼睛。</translation>
    </message>
    <message>
        <source>Now {x} % from the left and {y} % from the top.</source>
        <translation>当前距左缘 {x}%，距上缘 {y}%。</translation>
    </message>
</context>
<context>
    <name>StripsCard</name>
    <message>
        <source>Lost samples, last 2 min</source>
        <translation>数据丢失率（近 2 分钟）</translation>
    </message>
    <message>
        <source>Rate, last 2 min</source>
        <translation>采样率（近 2 分钟）</translation>
    </message>
</context>
<context>
    <name>StudyPage</name>
    <message>
        <source>Opening the study…</source>
        <translation>正在打开研究…</translation>
    </message>
    <message>
        <source>All studies</source>
        <translation>全部研究</translation>
    </message>
    <message>
        <source>Import images first.</source>
        <translation>请先导入图像。</translation>
    </message>
    <message>
        <source>SIMULATED</source>
        <translation>模拟数据</translation>
    </message>
    <message>
        <source>There are readings in this study whose gaze was simulated.</source>
        <translation>此研究含有模拟眼动的阅片记录。</translation>
    </message>
    <message>
        <source>Import images…</source>
        <translation>导入图像…</translation>
    </message>
    <message>
        <source>Import images first</source>
        <translation>请先导入图像</translation>
    </message>
    <message>
        <source>The study has no images yet.</source>
        <translation>研究中还没有图像。</translation>
    </message>
    <message>
        <source>Review the images first</source>
        <translation>请先审核图像</translation>
    </message>
    <message>
        <source>Something was hidden on all of them; somebody has to agree before they are read.</source>
        <translation>所有图像上都有内容被遮盖；需有人确认后才能阅片。</translation>
    </message>
    <message>
        <source>Review…</source>
        <translation>审核…</translation>
    </message>
    <message>
        <source>The images are ready to be read</source>
        <translation>图像已就绪，可以阅片</translation>
    </message>
    <message>
        <source>Type a reader code below, choose the eye tracker, and start.</source>
        <translation>在下方输入阅片者编号，选择眼动仪，然后开始。</translation>
    </message>
    <message>
        <source>Reading is under way</source>
        <translation>阅片进行中</translation>
    </message>
    <message>
        <source>Every reader goes on where they stopped. A data set can be built at any time.</source>
        <translation>每位阅片者都从上次停下处继续。随时可以构建数据集。</translation>
    </message>
    <message>
        <source>Build data set…</source>
        <translation>构建数据集…</translation>
    </message>
    <message>
        <source>Everything has been read</source>
        <translation>全部阅片已完成</translation>
    </message>
    <message>
        <source>Build a data set from the readings, then train a network on it.</source>
        <translation>用阅片记录构建数据集，再训练网络。</translation>
    </message>
    <message>
        <source>images</source>
        <translation>图像</translation>
    </message>
    <message>
        <source>patients</source>
        <translation>患者</translation>
    </message>
    <message>
        <source>readers</source>
        <translation>阅片者</translation>
    </message>
    <message>
        <source>readings done</source>
        <translation>已完成阅片</translation>
    </message>
    <message>
        <source>readings left</source>
        <translation>待完成阅片</translation>
    </message>
    <message>
        <source>excluded</source>
        <translation>已排除</translation>
    </message>
    <message>
        <source>gaze samples</source>
        <translation>眼动采样点</translation>
    </message>
    <message>
        <source>Start reading</source>
        <translation>开始阅片</translation>
    </message>
    <message>
        <source>Readers</source>
        <translation>阅片者</translation>
    </message>
    <message>
        <source>Nobody has read yet. A reader is added with the first session.</source>
        <translation>尚无人阅片。首次阅片时会自动添加阅片者。</translation>
    </message>
    <message>
        <source>{done} of {total}</source>
        <translation>{done} / {total}</translation>
    </message>
    <message>
        <source>Answers</source>
        <translation>判读结果</translation>
    </message>
    <message>
        <source>Cannot be assessed</source>
        <translation>无法判读</translation>
    </message>
    <message>
        <source>No answers yet.</source>
        <translation>尚无判读结果。</translation>
    </message>
    <message>
        <source>Images that wait for review: {n}</source>
        <translation>等待审核的图像：{n}</translation>
    </message>
    <message>
        <source>Something was hidden on them. They are read once somebody has agreed.</source>
        <translation>这些图像上有内容被遮盖，经人确认后才会用于阅片。</translation>
    </message>
    <message>
        <source>Images without a known patient: {n} of {total}</source>
        <translation>患者不明的图像：{n} / {total}</translation>
    </message>
    <message>
        <source>Each counts as a patient of its own, so two images of one patient may fall into training and test. Import a table with the columns file, patient, pathology.</source>
        <translation>每幅按独立患者处理，同一患者的图像可能同时落入训练集和测试集。请导入含 file、patient、pathology 列的表格。</translation>
    </message>
    <message>
        <source>Images without pathology: {n} of {total}</source>
        <translation>无病理结果的图像：{n} / {total}</translation>
    </message>
    <message>
        <source>For these the readers&apos; answers are what a network learns.</source>
        <translation>对这些图像，网络学习阅片者的判读结果。</translation>
    </message>
    <message>
        <source>Much gaze was lost: {share:.0%} in the median reading</source>
        <translation>眼动数据丢失较多：中位丢失率 {share:.0%}</translation>
    </message>
    <message>
        <source>Check the reader&apos;s position, glasses and the light in the room.</source>
        <translation>请检查阅片者的坐姿、眼镜和室内光线。</translation>
    </message>
</context>
<context>
    <name>TargetPage</name>
    <message>
        <source>Interrupted</source>
        <translation>已中断</translation>
    </message>
    <message>
        <source>What was measured so far is kept.</source>
        <translation>已测得的结果会保留。</translation>
    </message>
    <message>
        <source>Sit upright, at arm&apos;s length from the screen, and look at its middle.</source>
        <translation>请坐直，与屏幕保持一臂距离，并注视屏幕中央。</translation>
    </message>
    <message>
        <source>Your eyes are not found</source>
        <translation>未检测到您的眼睛</translation>
    </message>
    <message>
        <source>The eye tracker sends nothing</source>
        <translation>眼动仪没有发送数据</translation>
    </message>
    <message>
        <source>Check its cable and its program. What was measured so far is kept.</source>
        <translation>请检查其连接线和软件。已测得的结果会保留。</translation>
    </message>
    <message>
        <source>Begin anew</source>
        <translation>重新开始</translation>
    </message>
    <message>
        <source>Leave without a result</source>
        <translation>退出，不保留结果</translation>
    </message>
    <message>
        <source>Press Space to go on</source>
        <translation>按空格键继续</translation>
    </message>
</context>
<context>
    <name>TobiiCard</name>
    <message>
        <source>Connect a Tobii directly</source>
        <translation>直接连接 Tobii 眼动仪</translation>
    </message>
    <message>
        <source>This needs a package of Tobii&apos;s SDK. Install it, then open this page again:</source>
        <translation>需要安装 Tobii SDK 的软件包。请安装后重新打开本页：</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Tobii&apos;s {link} allows non-commercial research only. It asks for the reader&apos;s consent and a visible recording sign; both are built in, for every eye tracker.</source>
        <translation>Tobii 的{link}仅允许用于非商业研究，并要求取得阅片者知情同意、显示记录标志；这两项均已内置，适用于所有眼动仪。</translation>
    </message>
    <message>
        <source>licence</source>
        <translation>许可协议</translation>
    </message>
    <message>
        <source>Tobii eye tracker</source>
        <translation>Tobii 眼动仪</translation>
    </message>
    <message>
        <source>Samples a second</source>
        <translation>采样率</translation>
    </message>
    <message>
        <source>Start sending</source>
        <translation>开始发送</translation>
    </message>
    <message>
        <source>Tobii eye trackers could not be searched for.</source>
        <translation>无法搜索 Tobii 眼动仪。</translation>
    </message>
    <message>
        <source>Rate as it is set</source>
        <translation>采样率保持当前设置</translation>
    </message>
    <message>
        <source>{rate:g} Hz</source>
        <translation>{rate:g} Hz</translation>
    </message>
    <message>
        <source>{rate:.0f} Hz, eyes found in {found:.0%} of samples</source>
        <translation>{rate:.0f} Hz，{found:.0%} 的样本中检测到眼睛</translation>
    </message>
    <message>
        <source>The eye tracker sends nothing now.</source>
        <translation>眼动仪当前未发送数据。</translation>
    </message>
    <message>
        <source>The eye tracker is lost: check its cable. It goes on by itself afterwards.</source>
        <translation>眼动仪连接中断：请检查线缆。恢复后会自动继续。</translation>
    </message>
    <message>
        <source>The display area was changed in the eye tracker: {width:.0f} × {height:.0f} mm. Calibrate and validate again.</source>
        <translation>眼动仪中的显示区域已更改为 {width:.0f} × {height:.0f} mm，请重新校准并验证。</translation>
    </message>
    <message>
        <source>It sends at {rate:g} Hz now.</source>
        <translation>当前采样率为 {rate:g} Hz。</translation>
    </message>
    <message>
        <source>The eye tracking mode was changed. Calibrate and validate again.</source>
        <translation>眼动追踪模式已更改，请重新校准并验证。</translation>
    </message>
    <message>
        <source>The eye tracker has a new calibration. Validate it.</source>
        <translation>眼动仪已重新校准，请进行验证。</translation>
    </message>
    <message>
        <source>Samples are missing: this computer was too slow for the rate.</source>
        <translation>有样本丢失：本机处理速度跟不上该采样率。</translation>
    </message>
    <message>
        <source>The eye tracker reports: {text}</source>
        <translation>眼动仪报告：{text}</translation>
    </message>
    <message>
        <source>The clock of Tobii&apos;s library is {offset:+.3f} s off; time stamps are mapped.</source>
        <translation>Tobii 程序库的时钟相差 {offset:+.3f} 秒，时间戳已换算。</translation>
    </message>
    <message>
        <source>Stop sending</source>
        <translation>停止发送</translation>
    </message>
    <message>
        <source>Lost</source>
        <translation>中断</translation>
    </message>
    <message>
        <source>Sending</source>
        <translation>发送中</translation>
    </message>
    <message>
        <source>Connecting</source>
        <translation>连接中</translation>
    </message>
    <message>
        <source>Opening the eye tracker…</source>
        <translation>正在打开眼动仪…</translation>
    </message>
    <message>
        <source>Found</source>
        <translation>已找到</translation>
    </message>
    <message>
        <source>No Tobii answers. Check its cable and power; the search goes on.</source>
        <translation>未找到 Tobii 眼动仪。请检查线缆和电源；搜索会继续进行。</translation>
    </message>
    <message>
        <source>Not found</source>
        <translation>未找到</translation>
    </message>
    <message>
        <source>Searching</source>
        <translation>搜索中</translation>
    </message>
    <message>
        <source>Looking for Tobii eye trackers…</source>
        <translation>正在搜索 Tobii 眼动仪…</translation>
    </message>
</context>
<context>
    <name>TrackerCheck</name>
    <message>
        <source>Your eyes are not found</source>
        <translation>未检测到您的眼睛</translation>
    </message>
    <message>
        <source>A little nearer</source>
        <translation>请再靠近一点</translation>
    </message>
    <message>
        <source>A little further back</source>
        <translation>请再后退一点</translation>
    </message>
    <message>
        <source>A little to the left</source>
        <translation>请稍向左移</translation>
    </message>
    <message>
        <source>A little to the right</source>
        <translation>请稍向右移</translation>
    </message>
    <message>
        <source>A little higher</source>
        <translation>请坐高一点</translation>
    </message>
    <message>
        <source>A little lower</source>
        <translation>请坐低一点</translation>
    </message>
    <message>
        <source>You sit well</source>
        <translation>坐姿合适</translation>
    </message>
    <message>
        <source>Where your eyes are before the eye tracker</source>
        <translation>您的眼睛相对于眼动仪的位置</translation>
    </message>
    <message>
        <source>far</source>
        <translation>远</translation>
    </message>
    <message>
        <source>near</source>
        <translation>近</translation>
    </message>
    <message>
        <source>{cm:.0f} cm</source>
        <translation>{cm:.0f} 厘米</translation>
    </message>
    <message>
        <source>left eye</source>
        <translation>左眼</translation>
    </message>
    <message>
        <source>right eye</source>
        <translation>右眼</translation>
    </message>
    <message>
        <source>+ target      ○ 1° around it</source>
        <translation>+ 目标点      ○ 周围 1° 范围</translation>
    </message>
    <message>
        <source>{value:.2f}°</source>
        <translation>{value:.2f}°</translation>
    </message>
    <message>
        <source>under 0.1°</source>
        <translation>小于 0.1°</translation>
    </message>
    <message>
        <source>{value:.1f}°</source>
        <translation>{value:.1f}°</translation>
    </message>
    <message>
        <source>{value:.0f} %</source>
        <translation>{value:.0f}%</translation>
    </message>
    <message>
        <source>Good with the correction: {value}</source>
        <translation>修正后良好：{value}</translation>
    </message>
    <message>
        <source>Good: {value}</source>
        <translation>良好：{value}</translation>
    </message>
    <message>
        <source>Not good enough: no gaze was found</source>
        <translation>不合格：未检测到视线</translation>
    </message>
    <message>
        <source>Not good enough: {value} of the gaze is lost</source>
        <translation>不合格：{value} 的视线数据丢失</translation>
    </message>
    <message>
        <source>Not good enough: {value}, limit {limit}</source>
        <translation>不合格：{value}，限值 {limit}</translation>
    </message>
    <message>
        <source>Not good enough: no gaze at point {points}</source>
        <translation>不合格：第 {points} 点未检测到视线</translation>
    </message>
    <message>
        <source>Not good enough: the gaze trembles by {value}</source>
        <translation>不合格：视线抖动达 {value}</translation>
    </message>
    <message>
        <source>The gaze is off by about {mm:.0f} mm on this screen, on average.</source>
        <translation>在本屏幕上，视线位置平均偏差约 {mm:.0f} 毫米。</translation>
    </message>
    <message>
        <source>Calibrate the eye tracker (K).</source>
        <translation>请校准眼动仪（K）。</translation>
    </message>
    <message>
        <source>Calibrate in the eye tracker&apos;s own program, then check once more (V).</source>
        <translation>请在眼动仪自带的软件中重新校准，然后再检查一次（V）。</translation>
    </message>
    <message>
        <source>Repeat point {points}: press its number.</source>
        <translation>请重做第 {points} 点：按其编号。</translation>
    </message>
    <message>
        <source>The eyes are often not found: sit upright, keep glasses clean, no light into the eyes.</source>
        <translation>经常检测不到眼睛：请坐直，保持眼镜洁净，避免强光直射眼睛。</translation>
    </message>
    <message>
        <source>Hold the head still, keep glasses clean, then check once more (V).</source>
        <translation>请保持头部不动、眼镜洁净，然后再检查一次（V）。</translation>
    </message>
    <message>
        <source>, </source>
        <translation>、</translation>
    </message>
    <message>
        <source>… with the correction</source>
        <translation>……修正后</translation>
    </message>
    <message>
        <source>Both eyes</source>
        <translation>双眼</translation>
    </message>
    <message>
        <source>Left</source>
        <translation>左眼</translation>
    </message>
    <message>
        <source>Right</source>
        <translation>右眼</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>准确度</translation>
    </message>
    <message>
        <source>Precision (RMS-S2S)</source>
        <translation>精密度（RMS-S2S）</translation>
    </message>
    <message>
        <source>Precision (STD)</source>
        <translation>精密度（STD）</translation>
    </message>
    <message>
        <source>Data loss</source>
        <translation>数据丢失率</translation>
    </message>
    <message>
        <source>just now</source>
        <translation>刚刚</translation>
    </message>
    <message>
        <source>{n} min ago</source>
        <translation>{n} 分钟前</translation>
    </message>
    <message>
        <source>Accuracy {accuracy}, precision {precision} ({when}).</source>
        <translation>准确度 {accuracy}，精密度 {precision}（{when}）。</translation>
    </message>
</context>
<context>
    <name>TrackerPage</name>
    <message>
        <source>Back</source>
        <translation>返回</translation>
    </message>
    <message>
        <source>Eye tracker</source>
        <translation>眼动仪</translation>
    </message>
    <message>
        <source>Any eye tracker whose program sends its gaze over LSL. Nothing is recorded on this page.</source>
        <translation>支持任何通过 LSL 发送眼动数据的眼动仪。本页不作记录。</translation>
    </message>
    <message>
        <source>Streams</source>
        <translation>数据流</translation>
    </message>
    <message>
        <source>No eye tracker at hand? A simulated eye looks at the images for practice.</source>
        <translation>没有眼动仪？可用模拟眼动练习，它会“注视”图像。</translation>
    </message>
    <message>
        <source>Start simulated eye</source>
        <translation>启动模拟眼动</translation>
    </message>
    <message>
        <source>Use this eye tracker</source>
        <translation>使用此眼动仪</translation>
    </message>
    <message>
        <source>Change what the numbers mean…</source>
        <translation>更改数值含义…</translation>
    </message>
    <message>
        <source>Start the LSL stream of your eye tracker&apos;s program. It appears here by itself.</source>
        <translation>请在眼动仪程序中开启 LSL 数据流，会自动显示在此处。</translation>
    </message>
    <message>
        <source>Looking for eye trackers…</source>
        <translation>正在搜索眼动仪…</translation>
    </message>
    <message>
        <source>No gaze stream is there yet.</source>
        <translation>尚无眼动数据流。</translation>
    </message>
    <message>
        <source>{rate:g} Hz</source>
        <translation>{rate:g} Hz</translation>
    </message>
    <message>
        <source>irregular</source>
        <translation>采样率不固定</translation>
    </message>
    <message>
        <source>SIMULATED</source>
        <translation>模拟数据</translation>
    </message>
    <message>
        <source>This stream does not say what its numbers mean</source>
        <translation>此数据流未说明其数值的含义</translation>
    </message>
    <message>
        <source>It can be used as soon as somebody has told which of them are the gaze.</source>
        <translation>说明哪些数值是注视点后即可使用。</translation>
    </message>
    <message>
        <source>Tell what they mean…</source>
        <translation>说明数值含义…</translation>
    </message>
    <message>
        <source>Stop simulated eye</source>
        <translation>停止模拟眼动</translation>
    </message>
</context>
<context>
    <name>TrainingMonitor</name>
    <message>
        <source>Stop and keep</source>
        <translation>停止并保留</translation>
    </message>
    <message>
        <source>Ends the training; the best weights until now are kept.</source>
        <translation>结束训练，保留目前最好的权重。</translation>
    </message>
    <message>
        <source>training</source>
        <translation>训练集</translation>
    </message>
    <message>
        <source>validation</source>
        <translation>验证集</translation>
    </message>
    <message>
        <source>Loss</source>
        <translation>损失</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>准确率</translation>
    </message>
    <message>
        <source>Training</source>
        <translation>训练中</translation>
    </message>
    <message>
        <source>Starting…</source>
        <translation>正在启动…</translation>
    </message>
    <message>
        <source>Stopping…</source>
        <translation>正在停止…</translation>
    </message>
    <message>
        <source>Epoch {n} of {total}</source>
        <translation>第 {n} 轮，共 {total} 轮</translation>
    </message>
    <message>
        <source>{passed} – at most {left} left</source>
        <translation>已用 {passed}，最多还需 {left}</translation>
    </message>
    <message>
        <source>Training finished</source>
        <translation>训练完成</translation>
    </message>
    <message>
        <source>accuracy</source>
        <translation>准确率</translation>
    </message>
    <message>
        <source>balanced accuracy</source>
        <translation>平衡准确率</translation>
    </message>
    <message>
        <source>AUROC (mean of classes)</source>
        <translation>AUROC（各类平均）</translation>
    </message>
    <message>
        <source>kappa</source>
        <translation>Kappa 系数</translation>
    </message>
    <message>
        <source>95 %: {low:.2f} to {high:.2f}</source>
        <translation>95% CI：{low:.2f}–{high:.2f}</translation>
    </message>
    <message>
        <source>attention against gaze (CC)</source>
        <translation>注意力与注视的相关（CC）</translation>
    </message>
    <message>
        <source>Open report</source>
        <translation>打开报告</translation>
    </message>
    <message>
        <source>Training failed</source>
        <translation>训练失败</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>详细信息</translation>
    </message>
    <message>
        <source>Copy report</source>
        <translation>复制详情</translation>
    </message>
    <message>
        <source>Training stopped</source>
        <translation>训练已停止</translation>
    </message>
    <message>
        <source>The weights of the best epoch and the checkpoint are in the folder of the run.</source>
        <translation>最佳轮次的权重和检查点已保存在训练文件夹中。</translation>
    </message>
    <message>
        <source>Stopped, and kept</source>
        <translation>已停止并保留</translation>
    </message>
    <message>
        <source>Go on with it</source>
        <translation>继续训练</translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation>在文件夹中显示</translation>
    </message>
    <message>
        <source>New training</source>
        <translation>新建训练</translation>
    </message>
</context>
<context>
    <name>TrainingSetup</name>
    <message>
        <source>A network learns the answers from the images, and from the gaze where to look for them.</source>
        <translation>网络从图像学习判读，并从眼动数据学习应关注的区域。</translation>
    </message>
    <message>
        <source>New training</source>
        <translation>新建训练</translation>
    </message>
    <message>
        <source>Data set</source>
        <translation>数据集</translation>
    </message>
    <message>
        <source>Data sets (*.h5 *.hdf5)</source>
        <translation>数据集 (*.h5 *.hdf5)</translation>
    </message>
    <message>
        <source>Folder of the run</source>
        <translation>训练文件夹</translation>
    </message>
    <message>
        <source>Built from a study, or imported from folders.</source>
        <translation>由研究构建，或从文件夹导入。</translation>
    </message>
    <message>
        <source>Keep the run in</source>
        <translation>保存到</translation>
    </message>
    <message>
        <source>A new folder: weights, curves and the report are written there.</source>
        <translation>新文件夹，用于保存权重、曲线和报告。</translation>
    </message>
    <message>
        <source>How to train</source>
        <translation>训练方式</translation>
    </message>
    <message>
        <source>Start training</source>
        <translation>开始训练</translation>
    </message>
    <message>
        <source>Choose the data set file.</source>
        <translation>请选择数据集文件。</translation>
    </message>
    <message>
        <source>Choose the folder of the run.</source>
        <translation>请选择训练文件夹。</translation>
    </message>
    <message>
        <source>The folder of the run is not empty. Choose a new one.</source>
        <translation>训练文件夹不是空的，请另选一个。</translation>
    </message>
    <message>
        <source>Correct the marked fields.</source>
        <translation>请更正标出的各项。</translation>
    </message>
    <message>
        <source>Recipe</source>
        <translation>训练方案</translation>
    </message>
    <message>
        <source>Sets all other options to values that belong together.</source>
        <translation>将其余选项设为一组相互配套的值。</translation>
    </message>
    <message>
        <source>Default: for real work</source>
        <translation>默认：用于正式研究</translation>
    </message>
    <message>
        <source>Quick: a first look, minutes</source>
        <translation>快速：初步查看，几分钟</translation>
    </message>
    <message>
        <source>Thorough: larger network, hours</source>
        <translation>精细：较大的网络，数小时</translation>
    </message>
    <message>
        <source>Reference: as the published study</source>
        <translation>参照：与已发表研究相同</translation>
    </message>
    <message>
        <source>Learning from gaze</source>
        <translation>眼动监督</translation>
    </message>
    <message>
        <source>How the network&apos;s attention is compared with the readers&apos; gaze.</source>
        <translation>网络注意力与阅片者眼动的比较方式。</translation>
    </message>
    <message>
        <source>recommended</source>
        <translation>推荐</translation>
    </message>
    <message>
        <source>mean squared difference (mse)</source>
        <translation>均方差（mse）</translation>
    </message>
    <message>
        <source>divergence of distributions (kl)</source>
        <translation>分布散度（kl）</translation>
    </message>
    <message>
        <source>correlation (cc)</source>
        <translation>相关系数（cc）</translation>
    </message>
    <message>
        <source>share of attention in the gazed area (area)</source>
        <translation>注视区域内的注意力占比（area）</translation>
    </message>
    <message>
        <source>an attention head of its own (head)</source>
        <translation>独立的注意力分支（head）</translation>
    </message>
    <message>
        <source>as the published study (reference)</source>
        <translation>与已发表研究相同（reference）</translation>
    </message>
    <message>
        <source>no gaze: images alone</source>
        <translation>不用眼动，仅用图像</translation>
    </message>
    <message>
        <source>Weight of gaze (λ)</source>
        <translation>眼动权重（λ）</translation>
    </message>
    <message>
        <source>0 ignores gaze.</source>
        <translation>0 表示不使用眼动数据。</translation>
    </message>
    <message>
        <source>Epochs</source>
        <translation>训练轮数</translation>
    </message>
    <message>
        <source>At most; training may stop earlier.</source>
        <translation>最多轮数，可能提前停止。</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>骨干网络</translation>
    </message>
    <message>
        <source>Initial weights</source>
        <translation>初始权重</translation>
    </message>
    <message>
        <source>none, imagenet (is downloaded), or a file (.safetensors, .pth).</source>
        <translation>none（无）、imagenet（需下载）或权重文件（.safetensors、.pth）。</translation>
    </message>
    <message>
        <source>Image size</source>
        <translation>图像尺寸</translation>
    </message>
    <message>
        <source>Images per step</source>
        <translation>每步图像数</translation>
    </message>
    <message>
        <source>Learning rate</source>
        <translation>学习率</translation>
    </message>
    <message>
        <source>What is learnt</source>
        <translation>学习目标</translation>
    </message>
    <message>
        <source>pathology where known, else the answers</source>
        <translation>有病理用病理，否则用判读结果</translation>
    </message>
    <message>
        <source>pathology only</source>
        <translation>仅用病理</translation>
    </message>
    <message>
        <source>the readers&apos; answers only</source>
        <translation>仅用阅片者的判读结果</translation>
    </message>
    <message>
        <source>Changes of images</source>
        <translation>数据增强</translation>
    </message>
    <message>
        <source>None where a turned or mirrored image would be another class.</source>
        <translation>若旋转或镜像会改变类别，请选“无”。</translation>
    </message>
    <message>
        <source>as the recipe</source>
        <translation>按训练方案</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>随机种子</translation>
    </message>
    <message>
        <source>The same seed gives the same run.</source>
        <translation>种子相同，结果相同。</translation>
    </message>
    <message>
        <source>GPUs</source>
        <translation>GPU</translation>
    </message>
    <message>
        <source>Precision</source>
        <translation>数值精度</translation>
    </message>
</context>
<context>
    <name>UnexpectedErrors</name>
    <message>
        <source>Something went wrong in the program</source>
        <translation>程序出现错误</translation>
    </message>
    <message>
        <source>Everything recorded so far is on disk, and you can go on working. A log helps to repair the fault: it has the place of the error in the program and no images, file names, patients or readers.</source>
        <translation>此前记录的数据均已写入磁盘，您可以继续工作。日志有助于修复问题，其中只有程序出错的位置，不含图像、文件名、患者或阅片者信息。</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Save log…</source>
        <translation>保存日志…</translation>
    </message>
    <message>
        <source>Save log</source>
        <translation>保存日志</translation>
    </message>
    <message>
        <source>Text files (*.txt)</source>
        <translation>文本文件 (*.txt)</translation>
    </message>
    <message>
        <source>The log could not be saved.</source>
        <translation>无法保存日志。</translation>
    </message>
</context>
<context>
    <name>VideoFramesDialog</name>
    <message>
        <source>Import video frames</source>
        <translation>导入视频帧</translation>
    </message>
    <message>
        <source>Importing video frames</source>
        <translation>正在导入视频帧</translation>
    </message>
    <message>
        <source>Videos ({suffixes})</source>
        <translation>视频 ({suffixes})</translation>
    </message>
    <message>
        <source>Video</source>
        <translation>视频</translation>
    </message>
    <message>
        <source>←/→ one frame, Shift+←/→ one second, Page keys ten seconds, Space plays, M marks.</source>
        <translation>←/→ 移动一帧，Shift+←/→ 一秒，翻页键十秒，空格键播放，M 键标记。</translation>
    </message>
    <message>
        <source>not known</source>
        <translation>未知</translation>
    </message>
    <message>
        <source>Patient</source>
        <translation>患者</translation>
    </message>
    <message>
        <source>Pathology</source>
        <translation>病理</translation>
    </message>
    <message>
        <source>Hide text and surroundings</source>
        <translation>遮盖文字及画面以外</translation>
    </message>
    <message>
        <source>Import</source>
        <translation>导入</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Pause (Space)</source>
        <translation>暂停（空格）</translation>
    </message>
    <message>
        <source>Play (Space)</source>
        <translation>播放（空格）</translation>
    </message>
    <message>
        <source>Remove mark (M)</source>
        <translation>取消标记 (M)</translation>
    </message>
    <message>
        <source>Mark this frame (M)</source>
        <translation>标记此帧 (M)</translation>
    </message>
    <message>
        <source>{time}, frame {n}</source>
        <translation>{time}，第 {n} 帧</translation>
    </message>
    <message>
        <source>Choose a video.</source>
        <translation>请选择视频。</translation>
    </message>
</context>
<context>
    <name>WelcomePage</name>
    <message>
        <source>A research tool. Not for clinical use.</source>
        <translation>科研工具，不用于临床诊疗。</translation>
    </message>
    <message>
        <source>Recent studies</source>
        <translation>最近的研究</translation>
    </message>
    <message>
        <source>Take it off this list</source>
        <translation>从列表中移除</translation>
    </message>
    <message>
        <source>not found</source>
        <translation>未找到</translation>
    </message>
    <message>
        <source>Read endoscopic images with an eye tracker, and train networks that look where you look.</source>
        <translation>用眼动仪记录内镜阅片，训练与您关注同一处的网络。</translation>
    </message>
    <message>
        <source>New study…</source>
        <translation>新建研究…</translation>
    </message>
    <message>
        <source>Open study…</source>
        <translation>打开研究…</translation>
    </message>
    <message>
        <source>Your studies will be listed here</source>
        <translation>您的研究会列在此处</translation>
    </message>
    <message>
        <source>A study is a folder of images that readers look at. Start one with a folder of your own images.</source>
        <translation>一项研究就是一组供阅片者判读的图像。请从您自己的图像文件夹开始。</translation>
    </message>
    <message>
        <source>1  Import</source>
        <translation>1  导入</translation>
    </message>
    <message>
        <source>A folder of images becomes a study. Names and ids are removed.</source>
        <translation>由图像文件夹建立研究，去除姓名和编号。</translation>
    </message>
    <message>
        <source>2  Read</source>
        <translation>2  阅片</translation>
    </message>
    <message>
        <source>Look, and answer with one key. Gaze is recorded all the while.</source>
        <translation>观察图像，一键判读，全程记录眼动。</translation>
    </message>
    <message>
        <source>3  Build</source>
        <translation>3  构建</translation>
    </message>
    <message>
        <source>Fixations and heatmaps become a data set, split by patient.</source>
        <translation>注视点和热图汇成数据集，按患者划分。</translation>
    </message>
    <message>
        <source>4  Train</source>
        <translation>4  训练</translation>
    </message>
    <message>
        <source>A network learns the answer, and where to look for it.</source>
        <translation>网络学习如何判读，以及应关注何处。</translation>
    </message>
    <message>
        <source>d MMM yyyy</source>
        <comment>format of a date, see QDate</comment>
        <translation>yyyy年M月d日</translation>
    </message>
</context>
<context>
    <name>_Courier</name>
    <message>
        <source>This could not be done: there is a fault in the program.</source>
        <translation>无法完成：程序存在错误。</translation>
    </message>
</context>
</TS>
